import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Permission } from '../domain/permissions.js';
import { AccessTokenEntity } from './access-token.entity.js';
import { AccountEntity } from './account.entity.js';

/** The permissions of a fine-grained token for one account or repository. They end with the account or repository. */
@Entity('token_scopes')
@Unique('uq_token_scopes_account', ['tokenId', 'accountId'])
@Unique('uq_token_scopes_repository', ['tokenId', 'repositoryId'])
@Check('ck_token_scopes_entity', '(account_id IS NULL) <> (repository_id IS NULL)')
export class TokenScopeEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_token_scopes' })
  id: number;

  @Column('integer', { name: 'token_id' })
  @ForeignKey(() => AccessTokenEntity, { name: 'fk_token_scopes_token', onDelete: 'CASCADE' })
  tokenId: number;

  @Column('integer', { name: 'account_id', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'fk_token_scopes_account', onDelete: 'CASCADE' })
  @Index('ix_token_scopes_account')
  accountId: number | null;

  /** The entity is in a layer above this one. */
  @Column('integer', { name: 'repository_id', nullable: true })
  @ForeignKey('RepoEntity', { name: 'fk_token_scopes_repository', onDelete: 'CASCADE' })
  @Index('ix_token_scopes_repository')
  repositoryId: number | null;

  @Column('text', { array: true })
  permissions: Permission[];
}
