import { Body, Controller, Header, HttpCode, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import {
  ChangeWebhookDto,
  NewWebhookDto,
  toDelivery,
  toDomains,
  toWebhook,
  WebhookDeliveryDto,
  WebhookDto,
  WebhookResponseDto,
} from './dto/webhook.dto.js';
import { WebhooksService } from './webhooks.service.js';

/** Webhooks of the caller, with the API of the Hub. */
@ApiTags('accounts')
@Controller()
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Route('webhooks.list')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'List your webhooks' })
  async list(@CurrentCaller() caller: Caller): Promise<WebhookDto[]> {
    return (await this.webhooks.list(caller)).map(toWebhook);
  }

  @Route('webhooks.create')
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a webhook' })
  async create(@CurrentCaller() caller: Caller, @Body() body: NewWebhookDto): Promise<WebhookResponseDto> {
    const setting = { ...body, domains: toDomains(body.domains) };
    return { webhook: toWebhook(await this.webhooks.create(caller, setting)) };
  }

  @Route('webhooks.get')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Get a webhook' })
  async get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WebhookResponseDto> {
    return { webhook: toWebhook(await this.webhooks.get(caller, id)) };
  }

  @Route('webhooks.update')
  @HttpCode(200)
  @ApiOperation({ summary: 'Change a webhook; omitted fields stay unchanged' })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: ChangeWebhookDto,
  ): Promise<WebhookResponseDto> {
    const changes = { ...body, domains: toDomains(body.domains) };
    return { webhook: toWebhook(await this.webhooks.update(caller, id, changes)) };
  }

  @Route('webhooks.delete')
  @ApiOperation({ summary: 'Delete a webhook with its deliveries' })
  async remove(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    await this.webhooks.remove(caller, id);
    return {};
  }

  @Route('webhooks.enable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Enable a webhook' })
  async enable(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WebhookResponseDto> {
    return { webhook: toWebhook(await this.webhooks.setDisabled(caller, id, false)) };
  }

  @Route('webhooks.disable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Disable a webhook. Events are not delivered later' })
  async disable(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WebhookResponseDto> {
    return { webhook: toWebhook(await this.webhooks.setDisabled(caller, id, true)) };
  }

  @Route('webhooks.deliveries')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'List the last 100 deliveries of a webhook, newest first' })
  async deliveries(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WebhookDeliveryDto[]> {
    return (await this.webhooks.deliveries(caller, id)).map(toDelivery);
  }

  @Route('webhooks.replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send the payload of a delivery again' })
  async replay(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('delivery') delivery: string,
  ): Promise<object> {
    await this.webhooks.replay(caller, id, delivery);
    return {};
  }
}
