import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { HubMetrics } from './hub-metrics.js';

/** Something that the hub works with. */
export interface Component {
  readonly name: string;
  /** Without it the hub cannot serve, so that balancers should ask another replica. */
  readonly isEssential: boolean;
  /** What is wrong with it, in a few words without addresses; undefined: nothing. */
  fault(): string | undefined | Promise<string | undefined>;
}

/** Knows what the hub works with, and whether it does. Sources are none of these: that one is down is no reason to ask another replica. */
@Injectable()
export class Components {
  private readonly all: Component[] = [];

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    metrics: HubMetrics,
  ) {
    metrics.gauge(
      { name: 'hubfall_component_up', help: 'Does what the hub works with answer?', labels: ['component'] },
      async () =>
        Object.entries((await this.check()).details).map(([component, { status }]) => ({
          labels: { component },
          value: status === 'up' ? 1 : 0,
        })),
    );
  }

  add(component: Component): void {
    this.all.push(component);
  }

  /** Asks all of them. `status`: `error` where an essential one is down, `degraded` where another is. */
  async check(): Promise<HealthCheckResult> {
    try {
      return await this.health.check(this.all.map((component) => () => this.ask(component)));
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  private async ask({ name, isEssential, fault }: Component): Promise<HealthIndicatorResult> {
    const session = this.indicators.check(name);
    const message = await fault();
    if (message === undefined) return session.up();
    return isEssential ? session.down({ message }) : session.degraded({ message });
  }
}
