import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { problem } from '../../protocol/problem.ts'
import { guard } from './access.ts'
import type { Api } from './api.ts'
import { parseJsonBodies } from './body.ts'
import { answerClientError } from './client-error.ts'
import { errorHandler, problemOf, sendProblem } from './errors.ts'
import { keepAnswers } from './idempotency.ts'
import {
  type ApiLimits,
  createLimits,
  DEFAULT_API_LIMITS,
  KEEP_ALIVE_MS,
  type Limits,
  MAXIMUM_BODY_BYTES,
  MAXIMUM_HEADER_BYTES,
  REQUEST_TIMEOUT_MS,
} from './limits.ts'
import { describeAnswers, describeRoutes, documentRoutes } from './openapi.ts'
import { guardOrigins } from './origins.ts'
import type { Trusts } from './proxies.ts'
import { accountNowRoutes } from './routes/account-now.ts'
import { accountRoutes } from './routes/accounts.ts'
import { auditRoutes } from './routes/audit.ts'
import { authRoutes } from './routes/auth.ts'
import { firstOwnerRoutes } from './routes/first-owner.ts'
import { historyRoutes } from './routes/history.ts'
import { hookRoutes } from './routes/hooks.ts'
import { keyRoutes } from './routes/keys.ts'
import { linkRoutes } from './routes/links.ts'
import { noticeRoutes } from './routes/notices.ts'
import { pairRoutes } from './routes/pairs.ts'
import { probeRoutes } from './routes/probes.ts'
import { settingRoutes } from './routes/settings.ts'
import { sourceSignalRoutes } from './routes/source-signals.ts'
import { sourceRoutes } from './routes/sources.ts'
import { strategyRoutes } from './routes/strategies.ts'
import { syncRoutes } from './routes/sync.ts'
import { systemRoutes } from './routes/system.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { outcomeRoutes, tradeRoutes } from './routes/trades.ts'
import { userRoutes } from './routes/users.ts'
import type { Services } from './services.ts'

export interface ApiOptions {
  readonly services: Services
  readonly version: string
  /** Origins whose pages may ask, like `https://desk.example.org`, beside the server's own on this machine. */
  readonly origins: readonly string[]
  /** True behind HTTPS: cookies never travel without it, and browsers are told to stay there. */
  readonly https: boolean
  /** Which proxies' word on who asks is taken. */
  readonly trusts: Trusts
  readonly limits?: Partial<ApiLimits>
}

/**
 * The REST API, not yet listening; its `server` is what the live gateway shares.
 *
 *   request -> id -> headers -> limit per address -> origin -> token -> may they -> body (size, depth) -> schema
 *     -> Idempotency-Key -> handler -> answer's schema -> answer kept -> metrics, log line
 *
 * Whatever ends early ends in the error handler, as problem details.
 */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { services, version, https, trusts } = options
  const origins = new Set(options.origins)
  const apiLimits = { ...DEFAULT_API_LIMITS, ...options.limits }
  const limits = createLimits(apiLimits)
  const app = bareServer(services, apiLimits, trusts)
  observe(app, services)
  await app.register(helmet, headers(https))
  app.addHook('onRequest', request => limits.address(request.ip))
  guardOrigins(app, origins)
  await app.register(cookie)
  guard(app, services, limits)
  keepAnswers(app, services)
  describeAnswers(app)
  await describeRoutes(app, version)
  probeRoutes(app, services)
  documentRoutes(app)
  await app.register(scope => firstOwnerRoutes(scope.withTypeProvider<ZodTypeProvider>(), services, limits))
  await app.register(
    scope => resources(scope.withTypeProvider<ZodTypeProvider>(), { options, origins, limits }),
    {
      prefix: '/api/v1',
    },
  )
  await app.ready()
  return app
}

function bareServer({ random, log }: Services, { connections }: ApiLimits, trusts: Trusts): Api {
  const app = Fastify({
    logger: false,
    trustProxy: address => trusts(address),
    bodyLimit: MAXIMUM_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: () => Buffer.from(random.bytes(9)).toString('base64url'),
    // Before any hook and route: a path that cannot be decoded.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply.headers(BARE), problemOf(error)),
    clientErrorHandler: answerClientError,
    http: { maxHeaderSize: MAXIMUM_HEADER_BYTES },
    routerOptions: { maxParamLength: 1_024 },
  }).withTypeProvider<ZodTypeProvider>()
  app.server.maxConnections = connections
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(errorHandler(log))
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, problem('not_found', 'There is nothing at this path. See /docs for what there is.')),
  )
  parseJsonBodies(app, ['application/json'])
  return app
}

/** Where no hook has run. */
const BARE = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

/** No script at all, and nothing from elsewhere: the pages here need neither. */
function headers(https: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // With no-referrer a browser hides the origin of our own form as well.
    referrerPolicy: { policy: 'same-origin' as const },
    hsts: https,
  }
}

function observe(app: Api, { metrics, log }: Services): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the path: paths hold secrets and have no end.
    const { method } = request
    const route = request.routeOptions.url ?? 'none'
    const seen = { method, route, status: reply.statusCode, ms: reply.elapsedTime }
    metrics.request(seen)
    const line = { ...seen, requestId: request.id, actor: request.principal?.actor, address: request.ip }
    // Webhooks come by the hundred, and have rows of their own.
    const isCommand = method !== 'GET' && request.principal !== null
    log[isCommand ? 'info' : 'debug']('request', line)
  })
}

async function resources(
  app: Api,
  { options, origins, limits }: { options: ApiOptions; origins: ReadonlySet<string>; limits: Limits },
): Promise<void> {
  const { services, version, https } = options
  authRoutes(app, services, { secure: https, origins })
  tokenRoutes(app, services)
  userRoutes(app, services)
  accountRoutes(app, services)
  keyRoutes(app, services)
  accountNowRoutes(app, services)
  sourceRoutes(app, services)
  sourceSignalRoutes(app, services)
  await app.register(scope => hookRoutes(scope.withTypeProvider<ZodTypeProvider>(), services, limits))
  strategyRoutes(app, services)
  linkRoutes(app, services)
  pairRoutes(app, services)
  tradeRoutes(app, services)
  outcomeRoutes(app, services)
  if (services.past !== null) {
    historyRoutes(app, services, services.past)
    syncRoutes(app, services, services.past)
  }
  noticeRoutes(app, services)
  auditRoutes(app, services)
  settingRoutes(app, services)
  systemRoutes(app, services, version)
}
