using System.Data;
using System.Reflection;
using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.ConversationWithParticipants;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Conversations.TestSupport;

/// <summary>
/// All tables of the model, or the rows of one account, as of one point in time, in memory. <see cref="Invariants"/>
/// checks it. The properties are the tables of the invariants.
/// </summary>
public sealed class Snapshot
{
    private static readonly MethodInfo ReadMethod = typeof(Snapshot).GetMethod(
        nameof(ReadAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    private readonly IReadOnlyDictionary<Type, IReadOnlyList<object>> tables;

    private readonly Dictionary<string, Conversation> bySid;

    private readonly Dictionary<string, Message> messages;

    private readonly Dictionary<string, Participant> participants;

    private Snapshot(IReadOnlyDictionary<Type, IReadOnlyList<object>> tables)
    {
        this.tables = tables;
        Accounts = Of<Account>();
        Services = Of<ChatService>().ToDictionary(s => s.Sid);
        Roles = Of<Role>().ToDictionary(r => r.Sid);
        Conversations = Of<Conversation>();
        Participants = Of<Participant>();
        Messages = Of<Message>();
        Receipts = Of<Receipt>();
        Users = Of<User>().ToDictionary(u => u.Sid);
        Setups = Of<ConversationSetup>().ToDictionary(s => s.ConversationSid);
        Settings = Of<WebhookSettings>();
        Webhooks = Of<ConversationWebhook>();
        Deliveries = Of<WebhookDelivery>();
        bySid = Conversations.ToDictionary(c => c.Sid);
        messages = Messages.ToDictionary(m => m.Sid);
        participants = Participants.ToDictionary(p => p.Sid);
        ReceiptsOf = Receipts.ToLookup(r => r.MessageSid);
        Members = Participants.ToLookup(p => p.ConversationSid);
        Memberships = Participants.Where(p => p.UserSid is not null).ToLookup(p => p.UserSid!);
    }

    public IReadOnlyList<Account> Accounts { get; }

    public IReadOnlyDictionary<string, ChatService> Services { get; }

    public IReadOnlyDictionary<string, Role> Roles { get; }

    public IReadOnlyList<Conversation> Conversations { get; }

    public IReadOnlyList<Participant> Participants { get; }

    public IReadOnlyList<Message> Messages { get; }

    public IReadOnlyList<Receipt> Receipts { get; }

    public IReadOnlyDictionary<string, User> Users { get; }

    /// <summary>By conversation.</summary>
    public IReadOnlyDictionary<string, ConversationSetup> Setups { get; }

    public IReadOnlyList<WebhookSettings> Settings { get; }

    public IReadOnlyList<ConversationWebhook> Webhooks { get; }

    public IReadOnlyList<WebhookDelivery> Deliveries { get; }

    /// <summary>By message.</summary>
    public ILookup<string, Receipt> ReceiptsOf { get; }

    /// <summary>By conversation.</summary>
    public ILookup<string, Participant> Members { get; }

    /// <summary>By user.</summary>
    public ILookup<string, Participant> Memberships { get; }

    /// <summary>Reads the rows on a separate connection, not through a server.</summary>
    public static async Task<Snapshot> OfAsync(Store store, string connectionString)
    {
        await using ConversationsDbContext db =
            store == Store.Postgres
                ? new PostgresDbContext(
                    new DbContextOptionsBuilder<PostgresDbContext>()
                        .UseNpgsql(
                            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
                        )
                        .Options
                )
                : new SqliteDbContext(
                    new DbContextOptionsBuilder<SqliteDbContext>()
                        .UseSqlite($"{connectionString};Pooling=False")
                        .Options
                );
        return await OfAsync(db, accountSid: null);
    }

    /// <param name="accountSid">Null for all accounts.</param>
    public static async Task<Snapshot> OfAsync(ConversationsDbContext db, string? accountSid)
    {
        // One snapshot for all tables, whoever is writing.
        await using var snapshot = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        Dictionary<Type, IReadOnlyList<object>> tables = [];
        foreach (var type in db.Model.GetEntityTypes().Select(entity => entity.ClrType))
        {
            var read = ReadMethod.MakeGenericMethod(type);
            tables[type] = await (Task<IReadOnlyList<object>>)read.Invoke(null, [db, accountSid])!;
        }

        return new(tables);
    }

    /// <summary>The rows of one table.</summary>
    public IReadOnlyList<T> Of<T>() => [.. tables[typeof(T)].Cast<T>()];

    public Conversation? Conversation(ConversationChild child) => bySid.GetValueOrDefault(child.ConversationSid);

    public Message? Message(string sid) => messages.GetValueOrDefault(sid);

    /// <summary>Null for no SID, and after the participant was removed.</summary>
    public Participant? Participant(string? sid) => sid is null ? null : participants.GetValueOrDefault(sid);

    /// <summary>The account of a service; null when there is no such service.</summary>
    public string? Service(string sid) => Services.GetValueOrDefault(sid)?.AccountSid;

    /// <summary>The type of a role of that service; null when it has no such role.</summary>
    public string? RoleType(string sid, string chatServiceSid) =>
        Roles.GetValueOrDefault(sid) is { } role && role.ChatServiceSid == chatServiceSid ? role.Type : null;

    private static async Task<IReadOnlyList<object>> ReadAsync<T>(ConversationsDbContext db, string? accountSid)
        where T : class
    {
        var isAccount = typeof(T) == typeof(Account);
        var owner = isAccount ? nameof(Account.Sid) : nameof(Resource.AccountSid);
        return await db.Set<T>()
            .AsNoTracking()
            .Where(row => accountSid == null || EF.Property<string>(row, owner) == accountSid)
            .ToListAsync<object>();
    }
}
