using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Conversations.Api.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Webhooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "conversation_webhooks",
                columns: table => new
                {
                    sid = table.Column<string>(type: "TEXT", nullable: false),
                    conversation_sid = table.Column<string>(type: "TEXT", nullable: false),
                    target = table.Column<string>(type: "TEXT", nullable: false),
                    configuration_url = table.Column<string>(type: "TEXT", nullable: true),
                    method = table.Column<string>(type: "TEXT", nullable: true),
                    filters = table.Column<string>(type: "TEXT", nullable: false),
                    triggers = table.Column<string>(type: "TEXT", nullable: true),
                    flow_sid = table.Column<string>(type: "TEXT", nullable: true),
                    replay_after = table.Column<int>(type: "INTEGER", nullable: true),
                    account_sid = table.Column<string>(type: "TEXT", nullable: false),
                    date_created = table.Column<DateTime>(type: "TEXT", nullable: false),
                    date_updated = table.Column<DateTime>(type: "TEXT", nullable: false),
                    chat_service_sid = table.Column<string>(type: "TEXT", nullable: false)
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
                name: "webhook_deliveries",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    account_sid = table.Column<string>(type: "TEXT", nullable: false),
                    queue = table.Column<string>(type: "TEXT", nullable: false),
                    event_type = table.Column<string>(type: "TEXT", nullable: false),
                    url = table.Column<string>(type: "TEXT", nullable: false),
                    method = table.Column<string>(type: "TEXT", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    date_created = table.Column<DateTime>(type: "TEXT", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    next_attempt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    date_set_aside = table.Column<DateTime>(type: "TEXT", nullable: true),
                    last_error = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "webhook_settings",
                columns: table => new
                {
                    owner_sid = table.Column<string>(type: "TEXT", nullable: false),
                    account_sid = table.Column<string>(type: "TEXT", nullable: false),
                    pre_webhook_url = table.Column<string>(type: "TEXT", nullable: true),
                    post_webhook_url = table.Column<string>(type: "TEXT", nullable: true),
                    method = table.Column<string>(type: "TEXT", nullable: false),
                    filters = table.Column<string>(type: "TEXT", nullable: false),
                    target = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_settings", x => x.owner_sid);
                });

            migrationBuilder.CreateIndex(
                name: "ix_conversation_webhooks_conversation",
                table: "conversation_webhooks",
                columns: new[] { "conversation_sid", "sid" });

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_queue",
                table: "webhook_deliveries",
                columns: new[] { "queue", "id" },
                filter: "date_set_aside IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_set_aside",
                table: "webhook_deliveries",
                column: "date_set_aside",
                filter: "date_set_aside IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "conversation_webhooks");

            migrationBuilder.DropTable(
                name: "webhook_deliveries");

            migrationBuilder.DropTable(
                name: "webhook_settings");
        }
    }
}
