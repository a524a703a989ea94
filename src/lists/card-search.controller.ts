import { Controller, Header } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { PageContext, type PageRequest } from '../fallback/resolver/request-context.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { CardSearch } from './card-search.service.js';
import { CardSearchDto } from './dto/card-search.dto.js';
import { parseSearch } from './search-parameters.js';

/** The full-text search of cards. */
@ApiTags('repositories')
@Controller()
export class CardSearchController {
  constructor(private readonly cards: CardSearch) {}

  /** Search the cards of local repositories, with snippets. Words, "phrases", OR and -word are supported. */
  @Route('lists.searchCards')
  @ApiQuery({ name: 'q', description: 'Text to search for, at most 200 characters' })
  @ApiQuery({
    name: 'type',
    required: false,
    description: 'model, dataset or space; may be repeated. All by default',
  })
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'Maximum number of results; 10 by default, at most 50',
  })
  @Header('Cache-Control', 'no-store')
  search(@PageContext() { context, query }: PageRequest): Promise<CardSearchDto> {
    return this.cards.search(parseSearch(query), context.caller);
  }
}
