import { Body, Controller, HttpCode } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CardCheckService } from './card-check.service.js';
import { CardResponseDto, CardDto } from './dto/card.dto.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Validation of repository cards. Every client calls this before it uploads a README.md (contract E.19). */
@Controller()
@ApiTags('repositories')
export class CardController {
  constructor(private readonly cards: CardCheckService) {}

  @Route('cards.check')
  @HttpCode(200)
  @ApiOperation({ summary: 'Validate the metadata of a card' })
  check(@Body() card: CardDto): Promise<CardResponseDto> {
    return this.cards.check(card);
  }
}
