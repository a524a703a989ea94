interface SourceState {
  readonly name: string;
  readonly enabled: boolean;
  readonly breaker: string;
  readonly token: string;
}

interface Health {
  readonly status: 'up' | 'degraded' | 'down';
  readonly message: string;
}

const BAD_TOKENS = ['rejected', 'refused', 'unreadable'];

/** The health of all sources in one line. Disabled sources are not used, so their state does not count. */
export function sourcesHealth(all: readonly SourceState[]): Health {
  const enabled = all.filter((source) => source.enabled);
  const unhealthy = enabled.filter(({ breaker, token }) => breaker !== 'closed' || BAD_TOKENS.includes(token));
  if (unhealthy.length === 0) return { status: 'up', message: `${all.length} configured` };
  return {
    status: unhealthy.length < enabled.length ? 'degraded' : 'down',
    message: `Unhealthy: ${unhealthy.map(({ name }) => name).join(', ')}`,
  };
}
