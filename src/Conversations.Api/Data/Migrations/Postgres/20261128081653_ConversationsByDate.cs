using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Conversations.Api.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ConversationsByDate : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_conversations_date_created",
                table: "conversations",
                columns: new[] { "chat_service_sid", "date_created", "sid" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_conversations_date_created",
                table: "conversations");
        }
    }
}
