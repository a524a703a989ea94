import { publicId } from '../../domain/lookup-key.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { localAvatars } from '../../users/api/avatar-urls.js';
import type { RequestEntry, RequestAccount } from './access-request-list.store.js';
import type { AccessRequestDto, RequestingUserDto } from './dto/access-request.dto.js';

/** A request in the format of huggingface.co, which has reasons in no list. */
export const toAccessRequest = (request: RequestEntry, urls: UrlBuilder): AccessRequestDto => ({
  user: toUser(request.account, urls, request.email),
  timestamp: request.requestedAt.toISOString(),
  ...(request.reviewedAt && { reviewedAt: request.reviewedAt.toISOString() }),
  status: request.status,
  ...(request.grantedBy && { grantedBy: toUser(request.grantedBy, urls) }),
  ...(request.fields && { fields: request.fields }),
});

/** An entry of the report, which administrators of a repository keep for their records. */
export const toReportEntry = ({ account, email, grantedBy, ...request }: RequestEntry): object => ({
  fullname: account.fullName,
  user: account.name,
  ...(email !== undefined && { email }),
  time: request.requestedAt.toISOString(),
  ...(request.reviewedAt && { reviewedAt: request.reviewedAt.toISOString() }),
  status: request.status,
  ...(grantedBy && { grantedBy: { fullname: grantedBy.fullName, user: grantedBy.name } }),
  ...(request.fields && { fields: request.fields }),
});

const toUser = (account: RequestAccount, urls: UrlBuilder, email?: string): RequestingUserDto => ({
  _id: publicId(account.id),
  avatarUrl: localAvatars(urls)({ kind: 'user', ...account }),
  isPro: false,
  fullname: account.fullName,
  user: account.name,
  type: 'user',
  verifiedOrgNames: [],
  ...(email !== undefined && { email }),
});
