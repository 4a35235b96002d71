import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'

test('[OP6] what a sender makes up never becomes a series of its own', async () => {
  const metrics = createMetrics()
  for (let index = 0; index < 500; index += 1) {
    metrics.request({ method: `M${index}`, route: `/made/up/${index}`, status: index, ms: 1 })
    metrics.decided('copied', `reason-${index}`)
    metrics.live.dropped(`why-${index}`)
  }
  const text = await metrics.text()
  expect(text).toContain('lockstep_decisions_total{outcome="copied",reason="other"} 500')
  expect(text).toContain('lockstep_live_dropped_total{why="other"} 500')
  expect(text).not.toContain('M17')
  expect(text).not.toContain('/made/up/450')
  expect(text.length).toBeLessThan(250_000)
})

test('[OP6] what is known is counted under its own name', async () => {
  const metrics = createMetrics()
  metrics.request({ method: 'GET', route: '/livez', status: 200, ms: 2 })
  metrics.request({ method: 'POST', route: '/api/v1/accounts', status: 422, ms: 20 })
  metrics.sessions('live', 3)
  metrics.sessionEvent('dropped')
  metrics.signal('applied')
  metrics.noticed('warning')
  metrics.copyHop('send', 1.5)
  metrics.live.connected()
  metrics.live.connected()
  metrics.live.disconnected()
  metrics.live.delivered(120)
  metrics.live.subscribed(4)
  metrics.live.subscribed(-1)
  metrics.live.resynced()
  metrics.live.badRequest()
  const text = await metrics.text()
  for (const line of [
    'lockstep_http_requests_total{method="GET",route="/livez",status="2xx"} 1',
    'lockstep_http_requests_total{method="POST",route="/api/v1/accounts",status="4xx"} 1',
    'lockstep_sessions{state="live"} 3',
    'lockstep_session_events_total{event="dropped"} 1',
    'lockstep_signals_total{status="applied"} 1',
    'lockstep_notices_total{level="warning"} 1',
    'lockstep_copy_hop_seconds_count{hop="send"} 1',
    'lockstep_live_sockets 1',
    'lockstep_live_subscriptions 3',
    'lockstep_live_packets_total 1',
    'lockstep_live_bytes_total 120',
    'lockstep_live_bad_requests_total 1',
    'lockstep_live_resyncs_total 1',
  ]) {
    expect(text).toContain(line)
  }
})

test('[OP7] metrics are on a port of their own, and nothing else is there', async () => {
  const served = await serveMetrics(createMetrics(), { host: '127.0.0.1', port: 0 })
  const answer = await fetch(served.url)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/plain'),
  ])
  expect(await answer.text()).toContain('lockstep_nodejs_eventloop_lag_seconds')
  const { origin } = new URL(served.url)
  expect((await fetch(`${origin}/`)).status).toBe(404)
  expect((await fetch(served.url, { method: 'POST' })).status).toBe(404)
  await served.close()
  await expect(fetch(served.url)).rejects.toThrow()
})

test('[OP7] a port that is taken is an error, not silence', async () => {
  const served = await serveMetrics(createMetrics(), { host: '127.0.0.1', port: 0 })
  const port = Number(new URL(served.url).port)
  await expect(serveMetrics(createMetrics(), { host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE')
  await served.close()
})
