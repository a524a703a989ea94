import type { Schemas } from '@/api/client';

export type Invitation = Schemas['InvitationDto'];
export type NewInvitation = Schemas['NewInvitationDto'];
export type InvitationRequest = Schemas['CreateOrganizationInvitationDto'];

/** Lists and changes the invitations of an organization or of the hub. */
export interface InvitationActions {
  list(): Promise<Invitation[]>;
  create(request: InvitationRequest): Promise<NewInvitation>;
  revoke(id: number): Promise<unknown>;
}
