import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CardCheckService } from './card-check.service.js';
import { CardResponseDto, CardDto } from './dto/card.dto.js';

/** Validation of repository cards. Every client calls this before it uploads a README.md (contract E.19). */
@Controller('api')
@ApiTags('repositories')
export class CardController {
  constructor(private readonly cards: CardCheckService) {}

  @Post('validate-yaml')
  @HttpCode(200)
  @ApiOperation({ summary: 'Validate the metadata of a card' })
  check(@Body() card: CardDto): Promise<CardResponseDto> {
    return this.cards.check(card);
  }
}
