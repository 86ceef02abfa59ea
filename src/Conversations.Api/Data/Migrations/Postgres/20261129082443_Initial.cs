using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Conversations.Api.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "chat_services",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    friendly_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_conversation_creator_role_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_conversation_role_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_chat_service_role_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reachability_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chat_services", x => x.sid);
                    table.UniqueConstraint("AK_chat_services_sid_account_sid", x => new { x.sid, x.account_sid });
                });

            migrationBuilder.CreateTable(
                name: "control_checkpoints",
                columns: table => new
                {
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_control_checkpoints", x => new { x.account_sid, x.name });
                });

            migrationBuilder.CreateTable(
                name: "control_clocks",
                columns: table => new
                {
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_frozen = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    offset_ticks = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_control_clocks", x => x.account_sid);
                });

            migrationBuilder.CreateTable(
                name: "control_seeds",
                columns: table => new
                {
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    seed = table.Column<long>(type: "bigint", nullable: false),
                    requests = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_control_seeds", x => x.account_sid);
                });

            migrationBuilder.CreateTable(
                name: "fault_rules",
                columns: table => new
                {
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    definition = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    matches = table.Column<long>(type: "bigint", nullable: false),
                    hits = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fault_rules", x => new { x.account_sid, x.id });
                });

            migrationBuilder.CreateTable(
                name: "webhook_deliveries",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    queue = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    event_type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    url = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    method = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    next_attempt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    date_dead_lettered = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "webhook_settings",
                columns: table => new
                {
                    owner_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    pre_webhook_url = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    post_webhook_url = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    method = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    filters = table.Column<string>(type: "text", nullable: false),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_settings", x => x.owner_sid);
                });

            migrationBuilder.CreateTable(
                name: "accounts",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    auth_token = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    default_chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_messaging_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_inactive_timer = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    default_closed_timer = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts", x => x.sid);
                    table.ForeignKey(
                        name: "FK_accounts_chat_services_default_chat_service_sid_sid",
                        columns: x => new { x.default_chat_service_sid, x.sid },
                        principalTable: "chat_services",
                        principalColumns: new[] { "sid", "account_sid" });
                });

            migrationBuilder.CreateTable(
                name: "conversations",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    friendly_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    unique_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    messaging_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    attributes = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    state = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    inactive_timer = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    closed_timer = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    date_inactive = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    date_closed = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    email_address = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    email_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    next_message_index = table.Column<long>(type: "bigint", nullable: false),
                    participant_count = table.Column<int>(type: "integer", nullable: false),
                    non_chat_count = table.Column<int>(type: "integer", nullable: false),
                    group_count = table.Column<int>(type: "integer", nullable: false),
                    group_set = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    group_key = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversations", x => x.sid);
                    table.ForeignKey(
                        name: "FK_conversations_chat_services_chat_service_sid",
                        column: x => x.chat_service_sid,
                        principalTable: "chat_services",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "roles",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    friendly_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    permissions = table.Column<string>(type: "text", nullable: false),
                    replaced_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_roles", x => x.sid);
                    table.ForeignKey(
                        name: "FK_roles_chat_services_chat_service_sid",
                        column: x => x.chat_service_sid,
                        principalTable: "chat_services",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "conversation_setups",
                columns: table => new
                {
                    conversation_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    state = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    participant_count = table.Column<int>(type: "integer", nullable: false),
                    fires_webhooks = table.Column<bool>(type: "boolean", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    next_attempt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversation_setups", x => x.conversation_sid);
                    table.ForeignKey(
                        name: "FK_conversation_setups_conversations_conversation_sid",
                        column: x => x.conversation_sid,
                        principalTable: "conversations",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "conversation_webhooks",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    target = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    configuration_url = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    method = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    filters = table.Column<string>(type: "text", nullable: false),
                    triggers = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    flow_sid = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    replay_after = table.Column<int>(type: "integer", nullable: true),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversation_webhooks", x => x.sid);
                    table.ForeignKey(
                        name: "FK_conversation_webhooks_conversations_conversation_sid",
                        column: x => x.conversation_sid,
                        principalTable: "conversations",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "messages",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    index = table.Column<long>(type: "bigint", nullable: false),
                    author = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    participant_sid = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    body = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    attributes = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    media_sid = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    media = table.Column<string>(type: "text", nullable: true),
                    content_sid = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    subject = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    receipt_count = table.Column<int>(type: "integer", nullable: false),
                    sent_count = table.Column<int>(type: "integer", nullable: false),
                    delivered_count = table.Column<int>(type: "integer", nullable: false),
                    read_count = table.Column<int>(type: "integer", nullable: false),
                    failed_count = table.Column<int>(type: "integer", nullable: false),
                    undelivered_count = table.Column<int>(type: "integer", nullable: false),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages", x => x.sid);
                    table.ForeignKey(
                        name: "FK_messages_conversations_conversation_sid",
                        column: x => x.conversation_sid,
                        principalTable: "conversations",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    identity = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    friendly_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    attributes = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    role_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_count = table.Column<int>(type: "integer", nullable: false),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_users", x => x.sid);
                    table.ForeignKey(
                        name: "FK_users_chat_services_chat_service_sid",
                        column: x => x.chat_service_sid,
                        principalTable: "chat_services",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_users_roles_role_sid",
                        column: x => x.role_sid,
                        principalTable: "roles",
                        principalColumn: "sid");
                });

            migrationBuilder.CreateTable(
                name: "receipts",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    message_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    participant_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    channel_message_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    outcome = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    error_code = table.Column<int>(type: "integer", nullable: true),
                    next_step = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receipts", x => x.sid);
                    table.ForeignKey(
                        name: "FK_receipts_messages_message_sid",
                        column: x => x.message_sid,
                        principalTable: "messages",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "participants",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    identity = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    user_sid = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    binding_type = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    address = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    proxy_address = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    projected_address = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    binding_level = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    binding_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    active_binding = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    role_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    attributes = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    last_read_message_index = table.Column<long>(type: "bigint", nullable: true),
                    last_read_timestamp = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    notification_level = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_closed = table.Column<bool>(type: "boolean", nullable: false),
                    pending = table.Column<bool>(type: "boolean", nullable: false),
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_participants", x => x.sid);
                    table.ForeignKey(
                        name: "FK_participants_conversations_conversation_sid",
                        column: x => x.conversation_sid,
                        principalTable: "conversations",
                        principalColumn: "sid",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_participants_roles_role_sid",
                        column: x => x.role_sid,
                        principalTable: "roles",
                        principalColumn: "sid");
                    table.ForeignKey(
                        name: "FK_participants_users_user_sid",
                        column: x => x.user_sid,
                        principalTable: "users",
                        principalColumn: "sid");
                });

            migrationBuilder.CreateIndex(
                name: "IX_accounts_default_chat_service_sid_sid",
                table: "accounts",
                columns: new[] { "default_chat_service_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_chat_services_account",
                table: "chat_services",
                columns: new[] { "account_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_chat_services_deleted",
                table: "chat_services",
                column: "sid",
                filter: "account_sid = ''");

            migrationBuilder.CreateIndex(
                name: "ix_conversation_setups_due",
                table: "conversation_setups",
                columns: new[] { "next_attempt", "conversation_sid" });

            migrationBuilder.CreateIndex(
                name: "ix_conversation_webhooks_conversation",
                table: "conversation_webhooks",
                columns: new[] { "conversation_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_conversations_chat_service",
                table: "conversations",
                columns: new[] { "chat_service_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_conversations_date_closed",
                table: "conversations",
                column: "date_closed",
                filter: "date_closed IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_date_created",
                table: "conversations",
                columns: new[] { "chat_service_sid", "date_created", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_conversations_date_inactive",
                table: "conversations",
                columns: new[] { "state", "date_inactive" },
                filter: "date_inactive IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_group_set",
                table: "conversations",
                columns: new[] { "account_sid", "group_set" },
                filter: "group_set IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_no_account",
                table: "conversations",
                column: "account_sid",
                filter: "account_sid = ''");

            migrationBuilder.CreateIndex(
                name: "ux_conversations_group",
                table: "conversations",
                columns: new[] { "account_sid", "group_key" },
                unique: true,
                filter: "group_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_conversations_unique_name",
                table: "conversations",
                columns: new[] { "chat_service_sid", "unique_name" },
                unique: true,
                filter: "unique_name IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_messages_index",
                table: "messages",
                columns: new[] { "conversation_sid", "index" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_messages_media",
                table: "messages",
                columns: new[] { "chat_service_sid", "media_sid" },
                unique: true,
                filter: "media_sid IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_participants_address",
                table: "participants",
                columns: new[] { "chat_service_sid", "address", "conversation_sid", "sid" },
                filter: "address IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_participants_conversation",
                table: "participants",
                columns: new[] { "conversation_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_participants_role",
                table: "participants",
                column: "role_sid");

            migrationBuilder.CreateIndex(
                name: "ix_participants_user",
                table: "participants",
                columns: new[] { "user_sid", "conversation_sid", "sid" },
                filter: "user_sid IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_participants_active_binding",
                table: "participants",
                columns: new[] { "account_sid", "active_binding" },
                unique: true,
                filter: "active_binding IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_participants_identity",
                table: "participants",
                columns: new[] { "conversation_sid", "identity" },
                unique: true,
                filter: "identity IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_receipts_message",
                table: "receipts",
                columns: new[] { "message_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_receipts_next_step",
                table: "receipts",
                column: "next_step",
                filter: "next_step IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_roles_chat_service",
                table: "roles",
                columns: new[] { "chat_service_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_roles_deleted",
                table: "roles",
                column: "sid",
                filter: "replaced_by IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_users_chat_service",
                table: "users",
                columns: new[] { "chat_service_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_users_deleted",
                table: "users",
                column: "sid",
                filter: "account_sid = ''");

            migrationBuilder.CreateIndex(
                name: "ix_users_role",
                table: "users",
                column: "role_sid");

            migrationBuilder.CreateIndex(
                name: "ux_users_identity",
                table: "users",
                columns: new[] { "chat_service_sid", "identity" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_dead_lettered",
                table: "webhook_deliveries",
                column: "date_dead_lettered",
                filter: "date_dead_lettered IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_due",
                table: "webhook_deliveries",
                columns: new[] { "account_sid", "next_attempt", "id" },
                filter: "next_attempt IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_queue",
                table: "webhook_deliveries",
                columns: new[] { "queue", "id" },
                filter: "date_dead_lettered IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "accounts");

            migrationBuilder.DropTable(
                name: "control_checkpoints");

            migrationBuilder.DropTable(
                name: "control_clocks");

            migrationBuilder.DropTable(
                name: "control_seeds");

            migrationBuilder.DropTable(
                name: "conversation_setups");

            migrationBuilder.DropTable(
                name: "conversation_webhooks");

            migrationBuilder.DropTable(
                name: "fault_rules");

            migrationBuilder.DropTable(
                name: "participants");

            migrationBuilder.DropTable(
                name: "receipts");

            migrationBuilder.DropTable(
                name: "webhook_deliveries");

            migrationBuilder.DropTable(
                name: "webhook_settings");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropTable(
                name: "messages");

            migrationBuilder.DropTable(
                name: "roles");

            migrationBuilder.DropTable(
                name: "conversations");

            migrationBuilder.DropTable(
                name: "chat_services");
        }
    }
}
