using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Conversations.Api.Data.Migrations.Postgres
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
                    sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    conversation_sid = table.Column<string>(type: "text", nullable: false, collation: "C"),
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
                    chat_service_sid = table.Column<string>(type: "text", nullable: false, collation: "C")
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
                    next_attempt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    date_set_aside = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true, collation: "C")
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
