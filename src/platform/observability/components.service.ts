import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { HubMetrics } from './hub-metrics.js';

/** A component that the hub depends on. */
export interface Component {
  readonly name: string;
  /** Without an essential component, the replica is not ready, so that load balancers use another one. Components that all replicas share are not essential. */
  readonly isEssential: boolean;
  /** A short description of the problem, without addresses. `undefined` if the component works. Without this function, only its facts are reported. */
  findProblem?(): string | undefined | Promise<string | undefined>;
  /** Further facts about a component that works. */
  facts?(): Readonly<Record<string, string>>;
}

/** Checks the components of the hub. A failing source is not a problem of the hub: it is equally unavailable to other replicas. */
@Injectable()
export class Components {
  private readonly components: Component[] = [];

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    metrics: HubMetrics,
  ) {
    metrics.gauge(
      {
        name: 'hubfall_component_up',
        help: 'Whether a component that the hub depends on works (1) or not (0)',
        labels: ['component'],
      },
      async () =>
        Object.entries((await this.check()).details)
          .filter(([component]) => this.components.some(({ name, findProblem }) => name === component && findProblem))
          .map(([component, { status }]) => ({ labels: { component }, value: status === 'up' ? 1 : 0 })),
    );
  }

  add(component: Component): void {
    this.components.push(component);
  }

  /** Checks all components. The status is `error` if an essential one fails, and `degraded` if another one does. */
  async check(): Promise<HealthCheckResult> {
    try {
      return await this.health.check(this.components.map((component) => () => this.checkOne(component)));
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  private async checkOne({ name, isEssential, findProblem, facts }: Component): Promise<HealthIndicatorResult> {
    const session = this.indicators.check(name);
    const message = await findProblem?.();
    if (message === undefined) return facts ? session.up(facts()) : session.up();
    return isEssential ? session.down({ message }) : session.degraded({ message });
  }
}
