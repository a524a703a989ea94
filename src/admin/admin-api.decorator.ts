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

/** A controller of the admin API: under `/admin/api`, behind the admin token, documented as such. */
export const AdminApi = (path: string): ClassDecorator =>
  applyDecorators(
    Controller(`admin/api/${path}`),
    UseGuards(AdminTokenGuard),
    ApiTags('admin'),
    ApiSecurity('admin-token'),
    ApiUnauthorizedResponse({ type: ErrorDto, description: 'X-Admin-Token is missing' }),
    ApiForbiddenResponse({ type: ErrorDto, description: 'X-Admin-Token is wrong' }),
    ApiTooManyRequestsResponse({ type: ErrorDto, description: 'Too many requests, or too many wrong tokens' }),
    ApiServiceUnavailableResponse({ type: ErrorDto, description: 'The admin API is switched off' }),
  );
