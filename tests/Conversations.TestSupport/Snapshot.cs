using System.Data;
using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Conversations.TestSupport;

/// <summary>A whole database of one moment, in memory, or what one account has of it: for <see cref="Invariants"/>.</summary>
public sealed record Snapshot(
    IReadOnlyList<Account> Accounts,
    IReadOnlyDictionary<string, ChatService> Services,
    IReadOnlyDictionary<string, Role> Roles,
    IReadOnlyList<Conversation> Conversations,
    IReadOnlyList<Participant> Participants,
    IReadOnlyDictionary<string, User> Users,
    IReadOnlyList<WebhookSettings> Settings,
    IReadOnlyList<ConversationWebhook> Webhooks,
    IReadOnlyList<WebhookDelivery> Deliveries)
{
    private readonly Dictionary<string, Conversation> bySid = Conversations.ToDictionary(c => c.Sid);

    /// <summary>By conversation.</summary>
    public ILookup<string, Participant> Members { get; } = Participants.ToLookup(p => p.ConversationSid);

    /// <summary>By user.</summary>
    public ILookup<string, Participant> Memberships { get; } = Participants.Where(p => p.UserSid is not null).ToLookup(p => p.UserSid!);

    /// <summary>As no server sees it: on a connection of its own.</summary>
    public static async Task<Snapshot> OfAsync(Store store, string connectionString)
    {
        await using ConversationsDbContext db = store == Store.Postgres
            ? new PostgresDbContext(new DbContextOptionsBuilder<PostgresDbContext>()
                .UseNpgsql(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString).Options)
            : new SqliteDbContext(new DbContextOptionsBuilder<SqliteDbContext>().UseSqlite($"{connectionString};Pooling=False").Options);
        return await OfAsync(db, accountSid: null);
    }

    /// <param name="accountSid">Null for all accounts.</param>
    public static async Task<Snapshot> OfAsync(ConversationsDbContext db, string? accountSid)
    {
        // One moment for all tables, whoever is writing.
        await using var moment = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        return new(
            await db.Set<Account>().AsNoTracking().Where(a => accountSid == null || a.Sid == accountSid).ToListAsync(),
            await db.Set<ChatService>().AsNoTracking().Where(s => accountSid == null || s.AccountSid == accountSid).ToDictionaryAsync(s => s.Sid),
            await db.Set<Role>().AsNoTracking().Where(r => accountSid == null || r.AccountSid == accountSid).ToDictionaryAsync(r => r.Sid),
            await db.Set<Conversation>().AsNoTracking().Where(c => accountSid == null || c.AccountSid == accountSid).ToListAsync(),
            await db.Set<Participant>().AsNoTracking().Where(p => accountSid == null || p.AccountSid == accountSid).ToListAsync(),
            await db.Set<User>().AsNoTracking().Where(u => accountSid == null || u.AccountSid == accountSid).ToDictionaryAsync(u => u.Sid),
            await db.Set<WebhookSettings>().AsNoTracking().Where(s => accountSid == null || s.AccountSid == accountSid).ToListAsync(),
            await db.Set<ConversationWebhook>().AsNoTracking().Where(w => accountSid == null || w.AccountSid == accountSid).ToListAsync(),
            await db.Set<WebhookDelivery>().AsNoTracking().Where(d => accountSid == null || d.AccountSid == accountSid).ToListAsync());
    }

    public Conversation? Conversation(Participant participant) => bySid.GetValueOrDefault(participant.ConversationSid);

    /// <summary>The account of a service; null when there is no such service.</summary>
    public string? Service(string sid) => Services.GetValueOrDefault(sid)?.AccountSid;

    /// <summary>The type of a role of that service; null when it has no such role.</summary>
    public string? RoleType(string sid, string chatServiceSid) => Roles.GetValueOrDefault(sid) is { } role && role.ChatServiceSid == chatServiceSid ? role.Type : null;
}
