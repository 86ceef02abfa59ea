using System.Data;
using System.Text.Json;
using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Http;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Conversations.Api.Data;

/// <summary>
/// The one model, on either database. Queries do not track unless they say so; every write goes through
/// <see cref="WriteAsync"/>, which lets the database decide between two requests that both passed the check.
/// </summary>
public abstract class ConversationsDbContext : DbContext
{
    // A refused write is checked again and then fails with its own error; only a rush of other writers brings it back here.
    private const int Attempts = 20;

    protected ConversationsDbContext(DbContextOptions options)
        : base(options)
    {
        // A write that is refused is rolled back as a whole: nobody returns to a savepoint, which would be two round trips more.
        Database.AutoSavepointsEnabled = false;
    }

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<ChatService> ChatServices => Set<ChatService>();

    public DbSet<Conversation> Conversations => Set<Conversation>();

    public DbSet<Participant> Participants => Set<Participant>();

    public DbSet<Role> Roles => Set<Role>();

    public DbSet<User> Users => Set<User>();

    public DbSet<WebhookSettings> WebhookSettings => Set<WebhookSettings>();

    public DbSet<ConversationWebhook> ConversationWebhooks => Set<ConversationWebhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>
    /// Runs <paramref name="check"/>, which throws what is wrong with the request, then <paramref name="write"/> and what was added
    /// or changed in one transaction. When the database refuses (a unique index, a foreign key, a row that changed or went since it was
    /// read, a deadlock), or <paramref name="write"/> itself returns false because its gate was shut, nothing is written and
    /// the check is asked again: it then names the error, or the write is tried once more.
    /// </summary>
    /// <param name="write">Null when saving what the check prepared is all there is to do: one statement then needs no transaction.</param>
    public async Task WriteAsync(Func<Task> check, Func<Task<bool>>? write, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            ChangeTracker.Clear();
            await check();
            if (await TryWriteAsync(write, cancellationToken))
            {
                return;
            }
        }

        throw new TwilioException(TwilioErrors.Conflict);
    }

    /// <summary>
    /// Runs a check of several queries as if it were one: none sees what others write meanwhile. So its error is one that was true at
    /// some moment, and not one half of which had passed when the other came.
    /// </summary>
    public async Task<T> InOneMomentAsync<T>(Func<Task<T>> check, CancellationToken cancellationToken)
    {
        await using var moment = await Database.BeginTransactionAsync(OneMoment, cancellationToken);
        return await check();
    }

    public bool IsInOneMoment => Database.CurrentTransaction is not null;

    /// <summary>The isolation in which all reads of a transaction see one state, and wait for nobody.</summary>
    protected abstract IsolationLevel OneMoment { get; }

    /// <summary>Waits until this process may write; a database that takes many writers at once needs no turn.</summary>
    protected virtual Task<IDisposable?> WriterTurnAsync(CancellationToken cancellationToken) => Task.FromResult<IDisposable?>(null);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ConversationsDbContext).Assembly);

        // Columns are named as on the wire.
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTime>().HaveConversion<Utc>();

    private async Task<bool> TryWriteAsync(Func<Task<bool>>? write, CancellationToken cancellationToken)
    {
        using var turn = await WriterTurnAsync(cancellationToken);
        try
        {
            if (write is null)
            {
                await SaveChangesAsync(cancellationToken);
                return true;
            }

            await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
            if (!await write())
            {
                return false;
            }

            await SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (Data.Database.IsRefusal(exception))
        {
            return false;
        }
    }

    // SQLite forgets the kind of a date; the wire needs its Z. The compiled models name it, so it can't be private.
    internal sealed class Utc() : ValueConverter<DateTime, DateTime>(date => date, date => DateTime.SpecifyKind(date, DateTimeKind.Utc));
}
