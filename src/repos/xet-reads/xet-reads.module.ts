import { Module } from '@nestjs/common';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { FallbackSourcesModule } from '../../fallback/sources/fallback-sources.module.js';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { FileLayouts } from './file-layouts.service.js';
import { HeldXetFileStore } from './held-xet-files.store.js';
import { OwnXetFiles } from './own-xet-files.service.js';
import { OfferedFiles } from './offered-files.service.js';
import { RelayedXetFiles } from './relayed-xet-files.service.js';
import { ReconstructionsService } from './reconstructions.service.js';
import { SourceXetFiles } from './source-xet-files.service.js';
import { XetModule } from '../xet/xet.module.js';
import { XetMetrics } from './xet-metrics.service.js';
import { XetOffers } from './xet-offers.service.js';
import { XetProviders } from './xet-providers.service.js';
import { XetReadTokenController } from './xet-read-token.controller.js';
import { XetReadTokens } from './xet-read-tokens.service.js';
import { XetReadsController } from './xet-reads.controller.js';
import { XorbLinks } from './xorb-links.service.js';
import { XorbReads } from './xorb-reads.service.js';

/** Downloads over the Xet protocol (docs/adr/0046). */
@Module({
  imports: [LocalStoreModule, FallbackModule, FallbackSourcesModule, XetModule, StorageModule],
  controllers: [XetReadTokenController, XetReadsController],
  providers: [
    FileLayouts,
    HeldXetFileStore,
    OfferedFiles,
    OwnXetFiles,
    RelayedXetFiles,
    ReconstructionsService,
    SourceXetFiles,
    XetMetrics,
    XetOffers,
    XetProviders,
    XetReadTokens,
    XorbLinks,
    XorbReads,
  ],
  exports: [HeldXetFileStore, XetOffers],
})
export class XetReadsModule {}
