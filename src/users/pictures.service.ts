import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HubError } from '../hub/language/hub-error.js';
import { imageKind } from '../hub/rules/image-kind.js';
import { isPlainSvg } from '../hub/rules/plain-svg.js';

/** The most that a picture may have, in bytes: as it is sent, before it is made smaller. */
export const LARGEST_PICTURE = 1024 * 1024;

const LARGEST_SIDE = 512;

/** Few bytes can stand for more pixels than there is memory: they are counted before any is made. */
const MOST_PIXELS = 4096 * 4096;
const SECONDS = 10;

/** A picture as the hub shows it. */
export interface Picture {
  readonly content: Buffer;
  readonly mediaType: string;
  /** Of the content. */
  readonly sha256: string;
}

/** Makes pictures of what people and other hubs call pictures. Nothing is kept but the pixels. */
@Injectable()
export class PicturesService {
  /**
   * The first frame, upright, at most 512 × 512, as WebP. Whatever else was in the bytes (places, programs, other frames) is gone.
   * @throws HubError `BadRequest` for what is no PNG, JPEG, GIF or WebP, is broken, or has more than 16 million pixels
   */
  async encode(bytes: Buffer): Promise<Picture> {
    if (imageKind(bytes) === undefined)
      throw new HubError('BadRequest', 'A picture must be PNG, JPEG, GIF or WebP', { status: 415 });
    return this.draw(bytes);
  }

  /** The same of another hub's, which may also be a plain SVG (ADR 6); undefined for what is no such picture, or is broken. */
  async encodeFar(bytes: Buffer): Promise<Picture | undefined> {
    if (imageKind(bytes) === undefined && !isPlainSvg(bytes)) return undefined;
    return this.draw(bytes).catch((error: unknown) => {
      if (error instanceof HubError) return undefined;
      throw error;
    });
  }

  private async draw(bytes: Buffer): Promise<Picture> {
    const { default: sharp } = await import('sharp'); // 15 MB that few processes need
    const content = await sharp(bytes, { limitInputPixels: MOST_PIXELS, sequentialRead: true, failOn: 'warning' })
      .autoOrient()
      .resize(LARGEST_SIDE, LARGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
      .webp()
      .timeout({ seconds: SECONDS })
      .toBuffer()
      .catch((cause: Error) => {
        throw new HubError('BadRequest', 'The picture cannot be read', { detail: firstLine(cause.message), cause });
      });
    return { content, mediaType: 'image/webp', sha256: createHash('sha256').update(content).digest('hex') };
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!;
