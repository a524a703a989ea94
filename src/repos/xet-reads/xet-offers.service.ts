import { Inject, Injectable } from '@nestjs/common';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { PLAIN_HTTP_LIMIT } from '../../domain/xet-mode.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { Content } from './plain-layout.js';
import { XetIds } from '../xet/xet-ids.js';

/** Where a file is. */
interface FilePlace {
  readonly repo: RepoId;
  readonly commit: string;
  readonly urls: UrlBuilder;
}

/** The hints by which clients download a file over Xet. */
export interface XetOffer {
  readonly headers: Readonly<Record<string, string>>;
  /** The body for clients that accept it instead of the file; missing if the hub cannot give them all that they need. */
  readonly info?: object;
}

/** A file that another storage describes under its own hash. */
export interface DescribedXetFile extends Content {
  readonly hash: string;
  /** Where the file is described; missing if it is only known with a token. */
  readonly reconstructionUrl?: string | undefined;
}

/** Decides which files are offered over Xet, and creates the hints for clients. */
@Injectable()
export class XetOffers {
  private readonly threshold: number;
  private readonly copyThreshold: number;

  constructor(
    @Inject(HUB_CONFIG) { xet }: HubConfig,
    private readonly ids: XetIds,
  ) {
    this.threshold = xet.reads ? Math.min(xet.threshold, PLAIN_HTTP_LIMIT) : Infinity;
    this.copyThreshold = xet.reads ? Math.min(xet.copyThreshold, PLAIN_HTTP_LIMIT) : Infinity;
  }

  /** Whether any files are offered. */
  get isEnabled(): boolean {
    return this.threshold < Infinity;
  }

  /** Whether a large file of this hub is offered. */
  isOffered(size: number): boolean {
    return size > this.threshold;
  }

  /** Whether a cached file of this size is offered. */
  isCopyOffered(size: number): boolean {
    return size > this.copyThreshold;
  }

  /** The Xet hash of a file. */
  hashOf(sha256: string): string {
    return this.ids.fileId(sha256);
  }

  /** The Xet hash of a file; `undefined` if it is not offered. */
  offeredHash(sha256: string, size: number): string | undefined {
    return this.isOffered(size) ? this.hashOf(sha256) : undefined;
  }

  /** The hints for a file; `undefined` if it is not offered. */
  offerOf(content: Content | undefined, place: FilePlace): XetOffer | undefined {
    return content && this.isOffered(content.size) ? this.offer(content, place) : undefined;
  }

  /** The hints for a file that is offered. */
  offer(content: Content, place: FilePlace): XetOffer {
    const hash = this.ids.fileId(content.sha256);
    return this.offerDescribed({ ...content, hash, reconstructionUrl: reconstructionUrl(hash, place) }, place);
  }

  /** The offer of a file that its source describes. */
  offerDescribed(file: DescribedXetFile, place: FilePlace): XetOffer {
    const { hash, sha256: etag, size, reconstructionUrl } = file;
    const refreshUrl = tokenUrl(place);
    const auth = `<${refreshUrl}>; rel="xet-auth"`;
    if (reconstructionUrl === undefined) return { headers: { 'x-xet-hash': hash, link: auth } };
    return {
      headers: { 'x-xet-hash': hash, link: `${auth}, <${reconstructionUrl}>; rel="xet-reconstruction-info"` },
      info: { hash, size, etag, refreshUrl, reconstructionUrl },
    };
  }
}

const tokenUrl = ({ repo, commit, urls }: FilePlace): string =>
  urls.url(`/api/${repo.type}s/${repoFullName(repo)}/xet-read-token/${commit}`);

/** Where this hub describes a file. */
export const reconstructionUrl = (hash: string, { urls }: Pick<FilePlace, 'urls'>): string =>
  urls.url(`/xet/v1/reconstructions/${hash}`);
