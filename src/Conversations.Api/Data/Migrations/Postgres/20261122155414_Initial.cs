using System;
using Microsoft.EntityFrameworkCore.Migrations;

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
                });

            migrationBuilder.CreateTable(
                name: "accounts",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_messaging_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    default_inactive_timer = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    default_closed_timer = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts", x => x.sid);
                    table.ForeignKey(
                        name: "FK_accounts_chat_services_default_chat_service_sid",
                        column: x => x.default_chat_service_sid,
                        principalTable: "chat_services",
                        principalColumn: "sid");
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
                    date_inactive = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    date_closed = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    email_address = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    email_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    participant_count = table.Column<int>(type: "integer", nullable: false),
                    non_chat_count = table.Column<int>(type: "integer", nullable: false),
                    group_count = table.Column<int>(type: "integer", nullable: false),
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
                name: "participants",
                columns: table => new
                {
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
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
                    account_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    date_created = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_updated = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
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
                name: "IX_accounts_default_chat_service_sid",
                table: "accounts",
                column: "default_chat_service_sid");

            migrationBuilder.CreateIndex(
                name: "ix_chat_services_account",
                table: "chat_services",
                columns: new[] { "account_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_conversations_chat_service",
                table: "conversations",
                columns: new[] { "chat_service_sid", "sid" });

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
                column: "user_sid",
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
                name: "ix_roles_chat_service",
                table: "roles",
                columns: new[] { "chat_service_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_users_chat_service",
                table: "users",
                columns: new[] { "chat_service_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_users_role",
                table: "users",
                column: "role_sid");

            migrationBuilder.CreateIndex(
                name: "ux_users_identity",
                table: "users",
                columns: new[] { "chat_service_sid", "identity" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "accounts");

            migrationBuilder.DropTable(
                name: "participants");

            migrationBuilder.DropTable(
                name: "conversations");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropTable(
                name: "roles");

            migrationBuilder.DropTable(
                name: "chat_services");
        }
    }
}
