using System.Data;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Conversations.Api.Data;

/// <summary>
/// The EF Core model, the same for both databases. Queries do not track unless they ask for it. A write saves through
/// one of the methods here. When two requests both passed their checks, the database decides between them.
/// </summary>
public abstract class ConversationsDbContext : DbContext
{
    /// <summary>
    /// The number of attempts at a write that meets conflicts. More than two happen only under many concurrent writers.
    /// </summary>
    public const int MaxAttempts = 20;

    /// <summary>
    /// The rows that one transaction of a large deletion changes. On SQLite the other writers wait for it.
    /// </summary>
    public const int BatchSize = 1000;

    protected ConversationsDbContext(DbContextOptions options)
        : base(options)
    {
        // A conflict rolls back the whole write. Savepoints would cost two round trips and never be used.
        Database.AutoSavepointsEnabled = false;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction, saves what it added or changed, and commits. On a conflict (see
    /// <see cref="Data.Database.IsConflict"/>) the transaction is rolled back and the work runs again. It is for writes
    /// that have no request to check; a request writes through the protocol of <see cref="Webhooks.Changes"/>.
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

    /// <summary>Makes one attempt of <see cref="InTransactionAsync"/>.</summary>
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

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction after another until it changes no row. A deletion of too many
    /// rows for one transaction begins with such batches. Each batch is complete in itself, and an interrupted deletion
    /// continues where it stopped.
    /// </summary>
    /// <param name="work">Changes about <see cref="BatchSize"/> rows and returns their number.</param>
    /// <param name="progressed">Runs after each batch.</param>
    public async Task InBatchesAsync(Func<Task<int>> work, Action progressed, CancellationToken cancellationToken)
    {
        while (await InTransactionAsync(work, cancellationToken) > 0)
        {
            progressed();
        }
    }

    /// <summary>
    /// Runs a write of a single statement. It needs no explicit transaction, which saves round trips.
    /// </summary>
    /// <returns>False when a conflict prevented it.</returns>
    public virtual async Task<bool> TryWriteAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        using var writeLock = await AcquireWriteLockAsync(cancellationToken);
        try
        {
            await write();
            return true;
        }
        catch (Exception exception) when (Data.Database.IsConflict(exception))
        {
            return false;
        }
    }

    /// <summary>
    /// Runs several queries in one snapshot: none of them sees what others commit in between. An error that they find
    /// was therefore true at one point in time.
    /// </summary>
    public async Task<T> InSnapshotAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await using var snapshot = await Database.BeginTransactionAsync(SnapshotIsolation, cancellationToken);
        return await read();
    }

    /// <summary>The end of a SELECT that keeps others from changing rows until the transaction ends.</summary>
    /// <param name="tables">Names in the FROM clause.</param>
    public abstract string LockForShare(string tables);

    /// <summary>The end of a SELECT that locks its rows until the transaction ends.</summary>
    public abstract string LockForUpdate { get; }

    /// <summary>The SELECT of columns of a table from the JSON array {0}, whose objects have their names.</summary>
    public abstract string SelectFromJson(string table, IReadOnlyList<string> columns);

    /// <summary>A date as <see cref="SelectFromJson"/> reads it.</summary>
    public abstract string DateInJson(DateTime value);

    /// <summary>The SQL of the database's current time plus some seconds.</summary>
    public abstract string DateAfter(double seconds);

    public bool IsInSnapshot => Database.CurrentTransaction is not null;

    /// <summary>The isolation level at which all reads of a transaction see one state and take no lock.</summary>
    protected abstract IsolationLevel SnapshotIsolation { get; }

    /// <summary>Waits for the process's write lock; null for a database that has concurrent writers.</summary>
    protected virtual Task<IDisposable?> AcquireWriteLockAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IDisposable?>(null);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ConversationsDbContext).Assembly);

        // Columns have the names of the JSON members.
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            ReturnWithUpdates(property);
        }
    }

    // An UPDATE of some columns returns the others (RETURNING). So answers and events show the stored row, including
    // changes of other requests since the check. EF Core treats the columns that the update does not set as generated.
    private static void ReturnWithUpdates(IMutableProperty property)
    {
        if (!property.IsKey())
        {
            property.ValueGenerated = ValueGenerated.OnUpdate;
            property.SetAfterSaveBehavior(PropertySaveBehavior.Save);
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<Utc>();

    private async Task<T> WriteOnceAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using var writeLock = await AcquireWriteLockAsync(cancellationToken);
        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        var result = await work();
        await SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    // SQLite does not store the kind of a date, and JSON needs the Z of UTC. The compiled models name this type, so it
    // can't be private.
    internal sealed class Utc()
        : ValueConverter<DateTime, DateTime>(date => date, date => DateTime.SpecifyKind(date, DateTimeKind.Utc));
}
