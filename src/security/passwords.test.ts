import * as argon2 from '@node-rs/argon2'
import { expect, test, vi } from 'vitest'
import { secureRandom } from '../ops/secure-random.ts'
import { MAXIMUM_WAITING_CHECKS, Passwords, passwordProblem } from './passwords.ts'

vi.mock('@node-rs/argon2', { spy: true })

const EMAIL = 'ada.lovelace@example.com'

test.each([
  ['elevenchars', 'too short'],
  ['x'.repeat(257), 'too long'],
  ['Password1234', 'first that are tried'],
  ['abababababababab', 'first that are tried'],
  ['Ada.Lovelace', 'is the email'],
  ['ADA.LOVELACE@EXAMPLE.COM', 'is the email'],
])('[SE30] the password %s is refused, with what to do', (password, problem) => {
  expect(passwordProblem(password, EMAIL)).toContain(problem)
  expect(passwordProblem(password, EMAIL)).toMatch(/take/)
})

test('[SE30] a password is kept as argon2id with the parameters that OWASP asks for', async () => {
  const passwords = new Passwords(secureRandom)
  expect(passwordProblem('four plain words together', EMAIL)).toBeNull()
  const hashed = await passwords.hash('four plain words together')
  expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await passwords.isRight(hashed, 'four plain words together')).toBe(true)
  expect(await passwords.isRight(hashed, 'four plain words together ')).toBe(false)
  // One keyboard sends é as one letter, another as two.
  const accented = await passwords.hash('caf\u00e9 caf\u00e9 caf\u00e9')
  expect(await passwords.isRight(accented, 'cafe\u0301 cafe\u0301 cafe\u0301')).toBe(true)
})

test('[SE30] a password longer than any is wrong, whatever it begins with', async () => {
  const passwords = new Passwords(secureRandom)
  const longest = 'abcde'.repeat(60).slice(0, 256)
  const hashed = await passwords.hash(longest)
  expect(await passwords.isRight(hashed, longest)).toBe(true)
  expect(await passwords.isRight(hashed, `${longest}f`)).toBe(false)
})

test('[SE33] who comes while too many passwords are checked is told so at once', async () => {
  // Each check takes 19 MiB and a thread: a flood of them must take neither memory nor the disk's threads.
  const passwords = new Passwords(secureRandom)
  const hashed = await passwords.hash('four plain words together')
  let running = 0
  let most = 0
  vi.mocked(argon2.verify).mockImplementation(async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise(resolve => setImmediate(resolve))
    running -= 1
    return false
  })
  const flood = Array.from({ length: MAXIMUM_WAITING_CHECKS + 12 }, () => passwords.isRight(hashed, 'wrong'))
  const answers = await Promise.all(flood)
  vi.mocked(argon2.verify).mockReset()
  expect(answers.filter(answer => answer === null)).toHaveLength(10)
  expect(most).toBe(2)
  expect(await passwords.isRight(hashed, 'four plain words together')).toBe(true)
})
