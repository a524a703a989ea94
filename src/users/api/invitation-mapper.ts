import type { UrlBuilder } from '../../domain/url-builder.js';
import type { Invitation } from '../invitations/invitation.store.js';
import type { InvitationLimits, NewInvitation } from '../invitations/invitations.service.js';
import type {
  CreateInvitationDto,
  InvitationDto,
  InvitationListDto,
  NewInvitationDto,
  ReceivedInvitationDto,
} from './dto/invitation.dto.js';

export const toLimits = ({ expires_in_days, max_uses, note }: CreateInvitationDto): InvitationLimits => ({
  days: expires_in_days,
  maxUses: max_uses,
  note,
});

export const toInvitation = (invitation: Invitation): InvitationDto => ({
  id: invitation.id,
  username: invitation.invitee,
  role: invitation.role,
  note: invitation.note,
  uses: invitation.uses,
  max_uses: invitation.maxUses,
  invited_by: invitation.inviter,
  created_at: invitation.createdAt.toISOString(),
  expires_at: invitation.expiresAt.toISOString(),
});

export const toInvitationList = (invitations: readonly Invitation[]): InvitationListDto => ({
  invitations: invitations.map(toInvitation),
});

export const toNewInvitation = ({ invitation, token }: NewInvitation, urls: UrlBuilder): NewInvitationDto => ({
  ...toInvitation(invitation),
  url: token === undefined ? null : urls.url(`/invitations/${token}`),
});

export const toReceivedInvitation = (invitation: Invitation): ReceivedInvitationDto => ({
  id: invitation.inviteeId === null ? null : invitation.id,
  organization: invitation.organization,
  role: invitation.role,
  invited_by: invitation.inviter,
  expires_at: invitation.expiresAt.toISOString(),
});
