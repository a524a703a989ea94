import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { AuthLimitsService } from '../auth-limits.service.js';
import { credentialHash } from '../callers.service.js';
import { InvitationStore, type Invitation } from './invitation.store.js';

/** A link that a client has. */
export interface InvitationLink {
  readonly token: string;
  /** Client IP address, for the limit of wrong tokens. */
  readonly address: string;
}

/** Uses an invitation in the transaction of what it permits. */
export interface InvitationClaim {
  readonly invitation: Invitation;
  /** @throws HubError `NotFound` if it can no longer be used */
  use(m: EntityManager): Promise<void>;
}

/** Status of links that have been valid. */
const GONE = { status: 410 } as const;

/** Finds invitations by the token of their link. */
@Injectable()
export class InvitationLinks {
  constructor(
    private readonly store: InvitationStore,
    private readonly limits: AuthLimitsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The invitation of a link. Tokens are found by their hash, so that the time of a comparison reveals nothing.
   * @throws HubError `NotFound` for a wrong token, and with status 410 if the invitation has expired or was used; `RateLimited` after too many wrong tokens
   */
  async find({ token, address }: InvitationLink): Promise<Invitation> {
    const attempt = await this.limits.startInvitationAttempt(address);
    const invitation = await this.store.byHash(credentialHash(token));
    if (!invitation) throw invalidLink();
    await attempt.succeed();
    requireUsable(invitation, this.clock());
    return invitation;
  }

  /**
   * The invitation to the hub, which permits one registration.
   * @throws HubError as `find`; `BadRequest` for an invitation to an organization
   */
  async claimRegistration(link: InvitationLink): Promise<InvitationClaim> {
    const invitation = await this.find(link);
    if (invitation.organizationId !== null)
      throw new HubError(
        'BadRequest',
        `This invitation is to the organization "${invitation.organization}". It does not permit a registration.`,
      );
    return this.claim(invitation);
  }

  claim(invitation: Invitation): InvitationClaim {
    const use = async (m: EntityManager): Promise<void> => {
      if (await this.store.use(invitation.id, this.clock(), m)) return;
      requireUsable({ ...invitation, uses: invitation.maxUses }, this.clock());
    };
    return { invitation, use };
  }
}

const invalidLink = (): HubError =>
  new HubError('NotFound', 'This invitation is not valid. It may have been revoked. Ask for a new one.');

function requireUsable({ expiresAt, uses, maxUses, isBacked }: Invitation, now: Date): void {
  if (!isBacked) throw invalidLink();
  if (expiresAt <= now) throw new HubError('NotFound', 'This invitation has expired. Ask for a new one.', GONE);
  if (uses >= maxUses) throw new HubError('NotFound', 'This invitation was already used. Ask for a new one.', GONE);
}
