// Prints, for each request, what a service control policy makes of it: whether it is allowed, and which of the request's
// condition keys IAM does not know for its action.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const { policy, requests } = JSON.parse(readFileSync(0, 'utf8'))
const account = '111122223333'
const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const results = []
for (const { action, context } of requests) {
  const result = await runSimulation({
    request: {
      principal: `arn:aws:iam::${account}:role/deploy`,
      action,
      resource: { resource: `arn:aws:ecs:eu-central-1:${account}:task-definition/web:*`, accountId: account },
      contextVariables: context
    },
    identityPolicies: [{ name: 'allow', policy: allow }],
    serviceControlPolicies: [{ orgIdentifier: 'ou', policies: [{ name: 'full', policy: allow }, { name: 'ecs-guard', policy }] }],
    resourceControlPolicies: []
  }, {})
  results.push({
    errors: result.errors ?? null,
    result: result.overallResult ?? null,
    ignored: result.result?.ignoredContextKeys ?? (result.results ?? []).flatMap((one) => one.ignoredContextKeys ?? [])
  })
}
console.log(JSON.stringify(results))
