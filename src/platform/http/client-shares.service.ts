import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Counter } from 'prom-client';
import { isAnonymousClient, type ClientKey } from '../../domain/client-key.js';
import { HubError } from '../../domain/hub-error.js';
import { FairPool, type PoolRefusal } from '../async/fair-pool.js';
import { ClientActivity } from '../async/client-activity.js';
import { FairTurns, type Turn } from '../async/fair-turns.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { HubMetrics } from '../observability/hub-metrics.js';
import type { BufferBudget } from '../storage/buffer-budget.js';
import { addressKey, clientKey } from './client-address.js';
import { fastAdapterOf } from './fast-express.adapter.js';
import type { BodyReservation, HubRequest, Shares } from './hub-request.js';
import { clientAbortSignal } from './send-reply.js';

const MAX_REQUESTS = 4096;
/** Buffers of a response whose client reads slowly: a chunk of 64 KiB in each of four streams. The first 64 readers of files have larger ones. */
const STREAM_BYTES = 4 * 64 * 1024;
const RETRY_AFTER_SECONDS = 5;
/** How long an upload waits for memory. Clients send nothing meanwhile. */
const MAX_MEMORY_WAIT_MS = 30_000;

/**
 * Requests that are processed at the same time. All of them continue in each iteration of the event loop, so more would make each of them
 * slower and none faster. A request that waits longer than its turn, for example for the bucket, does not stop the others.
 */
const TURNS = { slots: 4, reserved: 1, maxMs: 50, yielding: 1 };
/** Chunks of bodies that are received or sent in an iteration of the event loop. */
const CHUNKS = { slots: 8, reserved: 2, perIteration: true, yielding: 1 };

/** The share of the hub itself. No account has an empty id. */
const OWN: ClientKey = 'account ';

/** Names of the pools in metrics, and the part of the message that differs. */
const POOLS = {
  requests: 'too many requests in progress',
  streams: 'too many downloads in progress',
  memory: 'too much data in unfinished requests',
} as const;
type PoolName = keyof typeof POOLS;

/** The shares of clients in the requests, streams and memory of this process. Requests with the admin token are not limited. */
@Injectable()
export class ClientShares implements Shares, OnModuleInit {
  private readonly pools: Readonly<Record<PoolName, FairPool>>;
  private readonly activity = new ClientActivity();
  private readonly turns = new FairTurns(TURNS, this.activity);
  private readonly chunks = new FairTurns(CHUNKS, this.activity);
  private readonly refusals: Counter<'pool' | 'reason'>;

  constructor(
    @Inject(HUB_CONFIG) { clients }: HubConfig,
    metrics: HubMetrics,
    private readonly host: HttpAdapterHost,
  ) {
    this.pools = {
      requests: new FairPool(MAX_REQUESTS, clients.maxRequests),
      streams: new FairPool(Math.ceil(clients.memoryBytes / STREAM_BYTES), clients.maxStreams),
      memory: new FairPool(clients.memoryBytes),
    };
    this.refusals = metrics.counter({
      name: 'hubfall_client_refusals_total',
      help: 'Requests refused by pool (requests, streams, memory) and reason (share: the client has its share; full: the pool is used up)',
      labels: ['pool', 'reason'],
    });
    metrics.gauge({ name: 'hubfall_client_pool_used', help: 'Used part of each pool', labels: ['pool'] }, () =>
      (Object.keys(POOLS) as PoolName[]).map((pool) => ({ labels: { pool }, value: this.pools[pool].inUse })),
    );
    metrics.gauge(
      { name: 'hubfall_requests_waiting', help: 'Requests that wait for their turn to be processed', labels: [] },
      () => [{ labels: {}, value: this.turns.waiting }],
    );
  }

  onModuleInit(): void {
    fastAdapterOf(this.host)?.setShares(this);
  }

  admit(request: HubRequest, response: ServerResponse): void {
    this.hold('requests', request, response);
  }

  stream(request: HubRequest, response: ServerResponse): void {
    this.hold('streams', request, response);
  }

  turnFor(request: HubRequest): Turn {
    return this.turns.turnOf(clientKey(request));
  }

  chunkFor(request: HubRequest): Promise<void> | undefined {
    return this.chunks.step(isIdentified(request) ? clientKey(request) : addressKey(request));
  }

  memoryFor(request: HubRequest): BodyReservation {
    const client = clientKey(request);
    let reserved = 0;
    request.res?.once('close', () => {
      this.pools.memory.release(client, reserved);
      reserved = 0;
    });
    return {
      reserve: (bytes) => {
        if (request.res?.closed) return; // nothing would release it
        this.take('memory', client, bytes);
        reserved += bytes;
      },
    };
  }

  buffersFor(request: HubRequest): BufferBudget {
    const client = clientKey(request);
    const pool = this.pools.memory;
    return {
      take: (bytes) => !pool.take(client, bytes),
      waitFor: async (bytes) => {
        if (!pool.take(client, bytes)) return;
        const signal = AbortSignal.any([clientAbortSignal(request.res!), AbortSignal.timeout(MAX_MEMORY_WAIT_MS)]);
        const reason = await pool.waitFor(client, bytes, signal);
        if (reason) throw this.refuse('memory', reason, client);
      },
      release: (bytes) => pool.release(client, bytes),
    };
  }

  /**
   * Reserves memory for the hub itself, at most half of the pool.
   * @returns a function that frees it; `undefined` if too much is in use
   */
  reserveOwn(bytes: number): (() => void) | undefined {
    if (this.pools.memory.take(OWN, bytes) !== undefined) return undefined;
    return () => this.pools.memory.release(OWN, bytes);
  }

  /**
   * Takes memory for a reply of a source that is read for a client, or for the hub itself, as soon as it is free. Returns why it was not when the
   * signal is aborted.
   */
  takeForReply(client: ClientKey = OWN, bytes: number, signal: AbortSignal): Promise<PoolRefusal | undefined> {
    return this.pools.memory.waitFor(client, bytes, signal);
  }

  releaseReply(client: ClientKey = OWN, bytes: number): void {
    this.pools.memory.release(client, bytes);
  }

  private hold(pool: PoolName, request: HubRequest, response: ServerResponse): void {
    if (request.adminAccess === 'granted' || response.closed) return;
    const client = clientKey(request);
    this.take(pool, client, 1);
    response.once('close', () => this.pools[pool].release(client, 1));
  }

  private take(pool: PoolName, client: ClientKey, amount: number): void {
    const reason = this.pools[pool].take(client, amount);
    if (reason) throw this.refuse(pool, reason, client);
  }

  private refuse(pool: PoolName, reason: PoolRefusal, client: ClientKey): HubError {
    this.refusals.inc({ pool, reason });
    return refusal(pool, reason, client);
  }
}

/** Requests for unknown routes are refused before `CallerGuard`. */
const isIdentified = ({ caller }: Partial<HubRequest>): boolean => caller !== undefined;

function refusal(pool: PoolName, reason: PoolRefusal, client: ClientKey): HubError {
  const facts = { retryAfter: RETRY_AFTER_SECONDS };
  if (reason === 'full')
    return new HubError('Overloaded', `The hub has ${POOLS[pool]}. Try again in a few seconds.`, facts);
  const isAnonymous = isAnonymousClient(client);
  return new HubError(
    'RateLimited',
    `Your ${isAnonymous ? 'address' : 'account'} has ${POOLS[pool]}. Wait until some of them are finished${isAnonymous ? ', or sign in' : ''}.`,
    facts,
  );
}
