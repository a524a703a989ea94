import type { MigrationInterface, QueryRunner } from 'typeorm';

const ACCOUNTS = [
  `CREATE TABLE accounts (
    id serial CONSTRAINT pk_accounts PRIMARY KEY,
    kind varchar(16) NOT NULL,
    name varchar(96) NOT NULL,
    lookup_name varchar(96) NOT NULL CONSTRAINT uq_accounts_lookup_name UNIQUE,
    full_name varchar(200) NOT NULL,
    reserved boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE memberships (
    organization_id integer NOT NULL CONSTRAINT fk_memberships_organization REFERENCES accounts ON DELETE CASCADE,
    user_id integer NOT NULL CONSTRAINT fk_memberships_user REFERENCES accounts ON DELETE CASCADE,
    role varchar(8) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_memberships PRIMARY KEY (organization_id, user_id))`,
  `CREATE INDEX ix_memberships_user ON memberships (user_id)`,
  `CREATE TABLE access_tokens (
    id serial CONSTRAINT pk_access_tokens PRIMARY KEY,
    account_id integer NOT NULL CONSTRAINT fk_access_tokens_account REFERENCES accounts ON DELETE CASCADE,
    name varchar(100) NOT NULL,
    role varchar(8) NOT NULL,
    hash varchar(64) NOT NULL CONSTRAINT uq_access_tokens_hash UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz)`,
  `CREATE INDEX ix_access_tokens_account ON access_tokens (account_id)`,
];

const REPOSITORIES = [
  `CREATE TABLE repositories (
    id serial CONSTRAINT pk_repositories PRIMARY KEY,
    type varchar(16) NOT NULL,
    namespace varchar(96) NOT NULL,
    name varchar(96) NOT NULL,
    lookup_key varchar(220) NOT NULL CONSTRAINT uq_repositories_lookup_key UNIQUE,
    owner_id integer NOT NULL CONSTRAINT fk_repositories_owner REFERENCES accounts,
    private boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE INDEX ix_repositories_owner ON repositories (owner_id)`,
  `CREATE TABLE refs (
    repository_id integer NOT NULL CONSTRAINT fk_refs_repository REFERENCES repositories ON DELETE CASCADE,
    name varchar(300) NOT NULL,
    commit_oid varchar(40) NOT NULL,
    CONSTRAINT pk_refs PRIMARY KEY (repository_id, name))`,
  `CREATE TABLE commits (
    repository_id integer NOT NULL CONSTRAINT fk_commits_repository REFERENCES repositories ON DELETE CASCADE,
    oid varchar(40) NOT NULL,
    tree_oid varchar(40) NOT NULL,
    parent_oid varchar(40),
    generation integer NOT NULL,
    author_name text NOT NULL,
    author_email text NOT NULL,
    created_at timestamptz NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    CONSTRAINT pk_commits PRIMARY KEY (repository_id, oid))`,
];

const CONTENT = [
  `CREATE TABLE trees (
    repository_id integer NOT NULL CONSTRAINT fk_trees_repository REFERENCES repositories ON DELETE CASCADE,
    oid varchar(40) NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT pk_trees PRIMARY KEY (repository_id, oid))`,
  `CREATE TABLE blobs (
    repository_id integer NOT NULL CONSTRAINT fk_blobs_repository REFERENCES repositories ON DELETE CASCADE,
    oid varchar(40) NOT NULL,
    sha256 varchar(64) NOT NULL,
    size bigint NOT NULL,
    lfs boolean NOT NULL,
    CONSTRAINT pk_blobs PRIMARY KEY (repository_id, oid))`,
  `CREATE TABLE lfs_objects (
    repository_id integer NOT NULL CONSTRAINT fk_lfs_objects_repository REFERENCES repositories ON DELETE CASCADE,
    sha256 varchar(64) NOT NULL,
    size bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_lfs_objects PRIMARY KEY (repository_id, sha256))`,
  `CREATE TABLE entry_changes (
    repository_id integer NOT NULL CONSTRAINT fk_entry_changes_repository REFERENCES repositories ON DELETE CASCADE,
    path text NOT NULL,
    generation integer NOT NULL,
    commit_oid varchar(40) NOT NULL,
    CONSTRAINT pk_entry_changes PRIMARY KEY (repository_id, path, generation, commit_oid))`,
];

const SOURCES = [
  `CREATE TABLE fallback_sources (
    id serial CONSTRAINT pk_fallback_sources PRIMARY KEY,
    namespace varchar(96) NOT NULL DEFAULT '',
    name varchar(100) NOT NULL,
    url varchar(2000) NOT NULL,
    source_type varchar(32) NOT NULL,
    token_cipher text,
    priority integer NOT NULL DEFAULT 100,
    enabled boolean NOT NULL DEFAULT true,
    require_auth boolean NOT NULL DEFAULT false,
    delivery varchar(16) NOT NULL DEFAULT 'redirect',
    on_error varchar(16) NOT NULL DEFAULT 'next',
    include text[] NOT NULL DEFAULT '{}',
    exclude text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE UNIQUE INDEX uq_fallback_sources_namespace_name ON fallback_sources (namespace, name)`,
  `CREATE TABLE hub_settings (
    key varchar(64) CONSTRAINT pk_hub_settings PRIMARY KEY,
    value text NOT NULL)`,
];

const TABLES = [
  'hub_settings',
  'fallback_sources',
  'entry_changes',
  'lfs_objects',
  'blobs',
  'trees',
  'commits',
  'refs',
  'repositories',
  'access_tokens',
  'memberships',
  'accounts',
];

/** Creates the tables of accounts, repositories and sources. */
export class InitialSchema1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...ACCOUNTS, ...REPOSITORIES, ...CONTENT, ...SOURCES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}
