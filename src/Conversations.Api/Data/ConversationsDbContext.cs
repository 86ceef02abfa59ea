using System.Data;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Conversations.Api.Data;

/// <summary>
/// The one model, on either database. Queries do not track unless they say so; a write saves
/// through one of the methods here, and the database decides between two requests that both passed their checks.
/// </summary>
public abstract class ConversationsDbContext : DbContext
{
    /// <summary>How often a write that meets conflicts is tried. Only a rush of other writers takes more than two attempts.</summary>
    public const int MaxAttempts = 20;

    protected ConversationsDbContext(DbContextOptions options)
        : base(options)
    {
        // A write that meets a conflict is rolled back as a whole. Savepoints would cost two round trips and never be used.
        Database.AutoSavepointsEnabled = false;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction, saves what it added or changed, and commits. On a conflict (see
    /// <see cref="Data.Database.IsConflict"/>) everything is rolled back and the work runs again. For writes that have no request to check;
    /// a request writes through the protocol of <see cref="Webhooks.Changes"/>.
    /// </summary>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            ChangeTracker.Clear();
            try
            {
                return await WriteOnceAsync(work, cancellationToken);
            }
            catch (Exception exception) when (attempt < MaxAttempts && Data.Database.IsConflict(exception)) { }
        }
    }

    /// <summary>One attempt of <see cref="InTransactionAsync"/>.</summary>
    /// <returns>False when a conflict rolled it back.</returns>
    public async Task<bool> TryInTransactionAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteOnceAsync(
                async () =>
                {
                    await work();
                    return true;
                },
                cancellationToken
            );
        }
        catch (Exception exception) when (Data.Database.IsConflict(exception))
        {
            return false;
        }
    }

    /// <summary>Saves what was added or changed. A single statement needs no transaction of its own, which saves round trips.</summary>
    /// <returns>False when a conflict kept it from being saved.</returns>
    public async Task<bool> TrySaveAsync(CancellationToken cancellationToken)
    {
        using var turn = await WriterTurnAsync(cancellationToken);
        try
        {
            await SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (Data.Database.IsConflict(exception))
        {
            return false;
        }
    }

    /// <summary>
    /// Runs several queries in one snapshot: none of them sees what others commit in between. An error that they find was therefore true
    /// at one point in time.
    /// </summary>
    public async Task<T> InSnapshotAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await using var snapshot = await Database.BeginTransactionAsync(SnapshotIsolation, cancellationToken);
        return await read();
    }

    public bool IsInSnapshot => Database.CurrentTransaction is not null;

    /// <summary>The isolation level in which all reads of a transaction see one state and take no lock.</summary>
    protected abstract IsolationLevel SnapshotIsolation { get; }

    /// <summary>Waits until this process may write; a database that takes many writers at once needs no turn.</summary>
    protected virtual Task<IDisposable?> WriterTurnAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IDisposable?>(null);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ConversationsDbContext).Assembly);

        // Columns are named as on the wire.
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<Utc>();

    private async Task<T> WriteOnceAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using var turn = await WriterTurnAsync(cancellationToken);
        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        var result = await work();
        await SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    // SQLite forgets the kind of a date; the wire needs its Z. The compiled models name it, so it can't be private.
    internal sealed class Utc()
        : ValueConverter<DateTime, DateTime>(date => date, date => DateTime.SpecifyKind(date, DateTimeKind.Utc));
}
