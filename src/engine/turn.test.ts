import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import { aBook, anIncrease, anOrder, aState } from '../logic/testing/builders.ts'
import type { Holding } from './state.ts'
import { Turn } from './turn.ts'

/** A turn looks at no more of a holding than what it stores. */
function aHolding(desired: string): Holding {
  return { link: { state: aState({ desired: decimal(desired) }) }, position: {} } as unknown as Holding
}

test('[CP43] a row that an event changes twice is written once, as it stands at the end', () => {
  const turn = new Turn()
  turn.book(aBook(decimal('1')))
  turn.book(aBook(decimal('3')))
  turn.decision(anIncrease('2'))
  turn.decision(anIncrease('2', { status: 'working' }))
  turn.updateOrder(anOrder('5', { status: 'open' }))
  turn.updateOrder(anOrder('5', { status: 'filled' }))
  expect(turn.writes()).toMatchObject([
    { kind: 'book', row: { quantity: decimal('3') } },
    { kind: 'intent_update', row: { status: 'filled' } },
    { kind: 'decision', row: { status: 'working' } },
  ])
})

test('[CP43] an order that is made and changed in one event is one new row', () => {
  const turn = new Turn()
  turn.insertOrder(anOrder('5', { status: 'submitted' }))
  turn.updateOrder(anOrder('5', { status: 'withdrawn' }))
  expect(turn.writes()).toMatchObject([{ kind: 'intent_insert', row: { status: 'withdrawn' } }])
})

test('[CP43] a holding is stored as it stands when the turn ends, not as it was when it was named', () => {
  const turn = new Turn()
  const holding = aHolding('1')
  turn.linkState(holding)
  if (holding.link !== null) holding.link.state = aState({ desired: decimal('7') })
  expect(turn.writes()).toMatchObject([{ kind: 'link_state', row: { desired: decimal('7') } }])
})

test('[CP43] what is referred to is written before what refers to it', () => {
  const turn = new Turn()
  const holding = aHolding('1')
  turn.notice({ id: 'n' } as Parameters<Turn['notice']>[0])
  turn.fill({ intentId: 'i' } as Parameters<Turn['fill']>[0])
  turn.decision(anIncrease('2'))
  turn.insertOrder(anOrder('5'))
  turn.linkState(holding)
  turn.position(holding)
  turn.book(aBook())
  expect(turn.writes().map(write => write.kind)).toEqual([
    'book',
    'position',
    'link_state',
    'intent_insert',
    'decision',
    'fill',
    'notice',
  ])
})

test('[CP44] effects wait until the turn is durable, then run in their order with its time', () => {
  const turn = new Turn()
  const seen: string[] = []
  turn.afterCommit(at => seen.push(`first ${at}`))
  turn.afterCommit(at => seen.push(`second ${at}`))
  turn.writes()
  expect(seen).toEqual([])
  turn.release(12)
  expect(seen).toEqual(['first 12', 'second 12'])
})

test('[CP43] a holding is looked at once more however often it was named, and again if named again', () => {
  const turn = new Turn()
  const holding = aHolding('1')
  turn.revisit(holding)
  turn.revisit(holding)
  expect(turn.takeRevisits()).toEqual([holding])
  expect(turn.takeRevisits()).toEqual([])
  turn.revisit(holding)
  expect(turn.takeRevisits()).toEqual([holding])
})

test('[CP43] what belongs to a transaction of its own follows in the order it was asked for', () => {
  const turn = new Turn()
  const first = () => undefined
  const second = () => undefined
  turn.afterThis(first)
  turn.afterThis(second)
  expect(turn.following()).toEqual([first, second])
  expect(turn.writes()).toEqual([])
})
