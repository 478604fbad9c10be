# The command line of ecs-guard, with `ecs-guard audit` and Terraform code: no CDK, no Node.js.
#   docker build -t ecs-guard .
#   docker run --rm -v "$PWD:/work" ecs-guard check

FROM python:3.14-slim AS build
WORKDIR /source
RUN python -m venv /opt/ecs-guard
# Pinned with hashes, as for the GitHub Action; and boto3, for the audit, as in development.
COPY action/requirements.txt dependencies.txt
COPY requirements.txt ./
RUN /opt/ecs-guard/bin/pip install --no-cache-dir --no-compile --require-hashes --requirement dependencies.txt \
    && /opt/ecs-guard/bin/pip install --no-cache-dir --no-compile "$(grep '^boto3==' requirements.txt)"
COPY pyproject.toml README.md LICENSE ./
COPY ecs_guard_aspects ecs_guard_aspects
RUN /opt/ecs-guard/bin/pip install --no-cache-dir --no-compile --no-deps .

FROM python:3.14-slim
LABEL org.opencontainers.image.title="ecs-guard" \
      org.opencontainers.image.description="Deploy gate for Amazon ECS task definitions" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/ecs-guard /opt/ecs-guard
ENV PATH="/opt/ecs-guard/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /work
# A number, so that Kubernetes and ECS know that it is not root.
USER 65532:65532
# With a read-only root file system, Fargate takes the permissions of the volume from here.
VOLUME ["/tmp"]
ENTRYPOINT ["ecs-guard"]
CMD ["--help"]
