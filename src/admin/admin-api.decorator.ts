import { applyDecorators, Controller, UseGuards } from '@nestjs/common';
import {
  ApiForbiddenResponse,
  ApiSecurity,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { AdminTokenGuard } from '../platform/http/admin-token.guard.js';
import { ErrorDto } from './dto/outcome.dto.js';

/** A controller of the admin API, which requires the admin token. */
export const AdminApi = (): ClassDecorator =>
  applyDecorators(
    Controller(),
    UseGuards(AdminTokenGuard),
    ApiTags('admin'),
    ApiSecurity('admin-token'),
    ApiUnauthorizedResponse({ type: ErrorDto, description: 'The X-Admin-Token header is missing' }),
    ApiForbiddenResponse({ type: ErrorDto, description: 'The X-Admin-Token header is invalid' }),
    ApiTooManyRequestsResponse({ type: ErrorDto, description: 'Too many requests or invalid tokens' }),
    ApiServiceUnavailableResponse({ type: ErrorDto, description: 'The admin API is disabled' }),
  );
