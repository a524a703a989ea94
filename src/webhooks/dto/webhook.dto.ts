import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsUrl, Matches, MaxLength, ValidateNested } from 'class-validator';
import { publicId } from '../../domain/lookup-key.js';
import { PrintableLine } from '../../users/api/printable.decorator.js';
import type { WebhookDeliveryEntity } from '../webhook-delivery.entity.js';
import { WATCHED_TYPES, WEBHOOK_DOMAINS } from '../webhook.entity.js';
import type { WatchedItem, WebhookDomain, WebhookEntity } from '../webhook.entity.js';

const DOMAINS = [...WEBHOOK_DOMAINS, 'discussions'];
const URL_RULES = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true };

/** A user, organization or repository that is watched. */
export class WatchedItemDto implements WatchedItem {
  @ApiProperty({ enum: WATCHED_TYPES })
  @IsIn(WATCHED_TYPES)
  type: WatchedItem['type'];

  /** @example "alice/my-model" */
  @PrintableLine(200)
  name: string;
}

/** Settings of a webhook that may be omitted. */
class WebhookOptionsDto {
  /** This hub has no discussions; the domain is accepted, and there are no events of it. */
  @ApiPropertyOptional({ type: [String], enum: DOMAINS })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsIn(DOMAINS, { each: true })
  domains?: string[];

  /** Sent as `X-Webhook-Secret`. Cannot be read afterwards. An empty text removes it. */
  @ApiPropertyOptional()
  @IsOptional()
  @MaxLength(200)
  @Matches(/^[\x21-\x7e]*$/, { message: 'secret must consist of printable ASCII characters without spaces' })
  secret?: string;
}

/** Fields of a webhook to change. */
export class ChangeWebhookDto extends WebhookOptionsDto {
  /** @example "https://ci.example.com/hooks/models" */
  @ApiPropertyOptional()
  @IsOptional()
  @IsUrl(URL_RULES)
  @MaxLength(2000)
  url?: string;

  @ApiPropertyOptional({ type: [WatchedItemDto] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => WatchedItemDto)
  watched?: WatchedItemDto[];
}

/** A new webhook. */
export class NewWebhookDto extends WebhookOptionsDto {
  /** @example "https://ci.example.com/hooks/models" */
  @IsUrl(URL_RULES)
  @MaxLength(2000)
  url: string;

  @ApiProperty({ type: [WatchedItemDto] })
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => WatchedItemDto)
  watched: WatchedItemDto[];
}

/** A webhook. Its secret is never sent. */
export class WebhookDto {
  /** @example "000000000000000000000001" */
  id: string;

  url: string;

  @ApiProperty({ type: [WatchedItemDto] })
  watched: WatchedItemDto[];

  @ApiProperty({ type: [String], enum: WEBHOOK_DOMAINS })
  domains: WebhookDomain[];

  disabled: boolean;

  /** Whether deliveries have a secret. */
  has_secret: boolean;
}

export class WebhookResponseDto {
  webhook: WebhookDto;
}

/** A delivery, with its payload. */
export class WebhookDeliveryDto {
  id: string;

  @ApiProperty({ type: String, format: 'date-time' })
  created_at: string;

  attempts: number;

  /** HTTP status of the last response. */
  @ApiProperty({ type: Number, nullable: true })
  status: number | null;

  @ApiProperty({ type: String, nullable: true })
  error: string | null;

  /** Time of the next attempt; null if it is not sent again. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  next_at: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  payload: Record<string, unknown>;
}

export const toWebhook = ({ id, url, watched, domains, disabled, secret }: WebhookEntity): WebhookDto => ({
  id: publicId(id),
  url,
  watched,
  domains,
  disabled,
  has_secret: secret !== null,
});

export const toDelivery = (delivery: WebhookDeliveryEntity): WebhookDeliveryDto => ({
  id: delivery.id,
  created_at: delivery.createdAt.toISOString(),
  attempts: delivery.attempts,
  status: delivery.status,
  error: delivery.error,
  next_at: delivery.nextAt?.toISOString() ?? null,
  payload: delivery.payload,
});

/** Clients of both generations name the domain of discussions differently. */
export const toDomains = (domains: readonly string[] | undefined): WebhookDomain[] | undefined =>
  domains && [...new Set(domains.map((domain) => (domain === 'repo' ? 'repo' : 'discussion')))];
