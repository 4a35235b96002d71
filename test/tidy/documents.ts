import { dirname, join, normalize } from 'node:path'
import { asNode, calleeName, nodesOf, type Source } from './source.ts'

export interface Document {
  readonly path: string
  readonly text: string
}

/** A numbered behaviour: one line that begins with its id and ends with a full stop. */
const BEHAVIOUR = /^\[([A-Z]{2}\d+)\] [^\n]+\.$/gm
const ID = /\[([A-Z]{2}\d+)\]/g
const BARE_ID_LINE = /^[-*\s]*\[[A-Z]{2}\d+\]/

/** Ids used twice, ids that no test names, and tests that name an id which no document has. */
export function specProblems(documents: readonly Document[], sources: readonly Source[]): string[] {
  const behaviours = documents.flatMap(({ path, text }) =>
    [...text.matchAll(BEHAVIOUR)].map(match => ({ path, id: match[1] ?? '' })),
  )
  const known = new Set(behaviours.map(each => each.id))
  const titles = sources.flatMap(source => testTitles(source).map(title => ({ path: source.path, title })))
  const named = titles.flatMap(({ path, title }) =>
    [...title.matchAll(ID)].map(match => ({ path, id: match[1] ?? '' })),
  )
  const tested = new Set(named.map(each => each.id))
  const unknown = named.filter(({ id }) => !known.has(id))
  return [
    ...documents.flatMap(misshapenLines),
    ...behaviours
      .filter(({ id }, at) => behaviours.findIndex(other => other.id === id) !== at)
      .map(({ path, id }) => `${path}: ${id} is used twice`),
    ...behaviours.filter(({ id }) => !tested.has(id)).map(({ path, id }) => `${path}: no test names ${id}`),
    ...new Set(unknown.map(({ path, id }) => `${path}: docs/spec has no ${id}`)),
  ]
}

function misshapenLines({ path, text }: Document): string[] {
  return text
    .split('\n')
    .filter(line => BARE_ID_LINE.test(line) && !new RegExp(BEHAVIOUR.source).test(line))
    .map(line => `${path}: not one sentence after its id: ${line}`)
}

/** The titles of test(...), test.each(...)(...) and describe(...), as far as they are written out. */
export function testTitles(source: Source): string[] {
  return nodesOf(source.program).flatMap(node => {
    if (node.type !== 'CallExpression' || !/^(test|it|describe)\b/.test(calleeName(node))) return []
    const title = Array.isArray(node['arguments']) ? asNode(node['arguments'][0]) : undefined
    if (title?.type === 'Literal') return [String(title['value'])]
    return title?.type === 'TemplateLiteral' ? [source.text.slice(title.start, title.end)] : []
  })
}

const LINK = /\]\(([^)\s]+)\)/g

/** Links to files of the project that are not there. */
export function brokenLinks(documents: readonly Document[], exists: (path: string) => boolean): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(LINK)]
      .map(match => match[1] ?? '')
      .filter(link => !/^(https?:|mailto:|#)/.test(link))
      .filter(link => !exists(normalize(join(dirname(path), link.split('#')[0] ?? ''))))
      .map(link => `${path}: ${link} is not there`),
  )
}

const COMMAND = /\bnpm (?:run ([\w:-]+)|(start|test)\b)/g
const SCRIPT_FILE = /\b(?:scripts|test|bench)\/[\w./-]+\.(?:mjs|ts)\b/g

/** Commands that a document names and package.json does not have. */
export function unknownCommands(
  documents: readonly Document[],
  scripts: Readonly<Record<string, string>>,
): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(COMMAND)]
      .map(match => match[1] ?? match[2] ?? '')
      .filter(name => scripts[name] === undefined)
      .map(name => `${path}: package.json has no script ${name}`),
  )
}

/** Scripts of package.json that would run a file which is not there. */
export function missingScriptFiles(
  scripts: Readonly<Record<string, string>>,
  exists: (path: string) => boolean,
): string[] {
  return Object.entries(scripts).flatMap(([name, command]) =>
    [...command.matchAll(SCRIPT_FILE)]
      .filter(([file]) => !exists(file))
      .map(([file]) => `package.json: ${name} runs ${file}, which is not there`),
  )
}
