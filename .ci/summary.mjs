// node .ci/summary.mjs <vitest's JSON results>: fails on every test that failed, could not be loaded or was skipped.
import { readFileSync } from 'node:fs'

const { passed, failed, complaints } = summarize(readResults(process.argv[2]))
for (const complaint of complaints) console.log(complaint)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)

function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults
  } catch (error) {
    console.log(`no test results: ${error.message}`)
    return []
  }
}

function summarize(files) {
  const tests = files.flatMap(file => file.assertionResults.map(test => ({ file: file.name, ...test })))
  // A file that throws while it loads has no tests to count.
  const unloaded = files.filter(file => file.status === 'failed' && file.assertionResults.length === 0)
  const bad = tests.filter(test => test.status !== 'passed')
  return {
    passed: tests.length - bad.length,
    failed: bad.length + unloaded.length,
    complaints: [
      ...unloaded.map(file => `not loaded: ${file.name}`),
      ...bad.map(test => `${test.status}: ${test.fullName} (${test.file})`),
    ],
  }
}
