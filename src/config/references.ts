import type { Path } from './keys.ts'
import type { ReferenceProblem } from './problem.ts'
import type { ConfigValues } from './schema.ts'
import { venueProblems } from './venue-accounts.ts'

/** Everything about the values that only shows when they are seen together. */
export function checkReferences(values: ConfigValues): ReferenceProblem[] {
  const { accounts, sources, strategies, links, pairs } = values
  return [
    ...repeatedNames(['accounts'], accounts),
    ...repeatedNames(['sources'], sources),
    ...repeatedNames(['strategies'], strategies),
    ...repeatedNames(['pairs'], pairs),
    ...sources.flatMap((each, at) =>
      unknownName(['sources', at, 'account'], each.account, 'account', accounts),
    ),
    ...strategies.flatMap((each, at) =>
      unknownName(['strategies', at, 'source'], each.source, 'source', sources),
    ),
    ...links.flatMap((each, at) => [
      ...unknownName(['links', at, 'strategy'], each.strategy, 'strategy', strategies),
      ...unknownName(['links', at, 'account'], each.account, 'account', accounts),
    ]),
    ...pairs.flatMap(({ a, b }, at) => [
      ...unknownName(['pairs', at, 'a', 'account'], a.account, 'account', accounts),
      ...unknownName(['pairs', at, 'b', 'account'], b.account, 'account', accounts),
    ]),
    ...selfFollowers(values),
    ...schedules(values),
    ...venueProblems(values),
  ]
}

type Named = readonly { readonly name: string }[]

function repeatedNames(section: Path, entries: Named): ReferenceProblem[] {
  return entries.flatMap(({ name }, at) =>
    entries.findIndex(other => other.name === name) === at
      ? []
      : [
          {
            path: [...section, at, 'name'],
            message: `the name ${name} is taken; names are unique in ${section.join('.')}`,
          },
        ],
  )
}

function unknownName(path: Path, name: string, what: string, known: Named): ReferenceProblem[] {
  if (known.some(each => each.name === name)) return []
  const names = known.map(each => each.name).join(', ')
  return [{ path, message: `there is no ${what} ${name}; known: ${names === '' ? 'none' : names}` }]
}

const BUILT_IN_SCHEDULES = ['results', 'money', 'sweep']

function schedules({ history }: ConfigValues): ReferenceProblem[] {
  return [
    ...repeatedNames(['history', 'schedules'], history.schedules),
    ...history.schedules.flatMap(({ name, everyMs, cron }, at) => {
      const path = ['history', 'schedules', at]
      if (BUILT_IN_SCHEDULES.includes(name))
        return [{ path: [...path, 'name'], message: `${name} is the name of one that is always there` }]
      if ((everyMs === null) === (cron === null))
        return [{ path, message: 'say when it runs: by everyMs or by cron, one of them' }]
      return []
    }),
  ]
}

/** An account that follows itself would answer its own orders for ever. */
function selfFollowers({ sources, strategies, links }: ConfigValues): ReferenceProblem[] {
  return links.flatMap((link, at) => {
    const strategy = strategies.find(each => each.name === link.strategy)
    const source = sources.find(each => each.name === strategy?.source)
    if (source?.account !== link.account) return []
    return [{ path: ['links', at, 'account'], message: `${link.account} is the leader of ${link.strategy}` }]
  })
}
