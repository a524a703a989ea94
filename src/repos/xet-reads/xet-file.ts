import type { RepoId } from '../../domain/repo-id.js';
import type { ByteRange } from '../../platform/http/byte-range.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import type { AccessGrant } from '../store/access-grants.store.js';
import type { XetToken } from '../xet/xet-grants.service.js';
import type { Content } from './plain-layout.js';
import type { Reconstruction } from './reconstruction.js';

/** The caller of a read token. Its fields are not secret. */
type TokenCaller = Omit<AccessGrant, 'repository'>;

/** A token for reading a repository of this hub. */
export interface OwnClaims extends AccessGrant {
  readonly from: 'own';
}

/** A token for reading a repository of a source. */
export interface SourceClaims extends TokenCaller {
  readonly from: 'source';
  /** Identifies the source (`cacheKeyOf`). */
  readonly source: string;
  readonly repo: RepoId;
  readonly commit: string;
}

/** The repository that a read token is for, and its caller. */
export type XetClaims = OwnClaims | SourceClaims;

/** A file whose verified bytes this hub has. */
export interface StoredXetFile extends Content {
  /** The kind of file, for metrics. */
  readonly served: { readonly kind: 'own' | 'held'; readonly source?: string };
}

/** A file that another hub describes. */
export interface RelayedXetFile {
  readonly size: number;
  /** For metrics. */
  readonly served: { readonly kind: 'relayed'; readonly source: string };
  /**
   * Describes a range of the file.
   *
   * @param linkOf - where the bytes of a part can be read
   * @throws HubError the error of the source
   */
  reconstruct(range: ByteRange, linkOf: (part: string) => string): Promise<Reconstruction>;
  /**
   * Reads a part.
   *
   * @param range - the bytes of the file that the link is for
   * @throws HubError `Forbidden` for bytes that the link does not permit; the error of the source
   */
  read(part: string, range: ByteRange, request: Pick<HubRequest, 'method' | 'headers'>): Promise<WireReply>;
}

export type XetFile = StoredXetFile | RelayedXetFile;

/** Finds files of local or of external repositories. */
export interface XetProvider<C extends XetClaims = XetClaims> {
  /**
   * A token for reading a revision of a repository; `undefined` if the provider does not have the repository.
   *
   * @throws HubError if the caller cannot read it, or the revision does not exist
   */
  issue(repo: RepoId, revision: string, request: HubRequest): Promise<XetToken | undefined>;
  /**
   * A file of the repository that a token is for, after checking access again.
   *
   * @throws HubError `NotFound` if the repository has no file with this id, or the file may not be read over Xet; `Unauthorized`,
   * `RepoNotFound`, `Disabled` if access was revoked
   */
  find(claims: C, id: string, request: HubRequest): Promise<XetFile>;
  /** As `find`, for the bytes of a file that was just described with the same token. */
  findAgain(claims: C, id: string, request: HubRequest): Promise<XetFile>;
}
