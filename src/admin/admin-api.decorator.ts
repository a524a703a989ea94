import { applyDecorators, Controller } from '@nestjs/common';
import {
  ApiForbiddenResponse,
  ApiSecurity,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { ErrorDto } from './dto/outcome.dto.js';

/** A controller of the admin API. Its routes require the admin token. */
export const AdminApi = (): ClassDecorator =>
  applyDecorators(
    Controller(),
    ApiTags('admin'),
    ApiSecurity('admin-token'),
    ApiUnauthorizedResponse({ type: ErrorDto, description: 'The X-Admin-Token header is missing' }),
    ApiForbiddenResponse({ type: ErrorDto, description: 'The X-Admin-Token header is invalid' }),
    ApiTooManyRequestsResponse({ type: ErrorDto, description: 'Too many requests or invalid tokens' }),
    ApiServiceUnavailableResponse({ type: ErrorDto, description: 'The admin API is disabled' }),
  );
