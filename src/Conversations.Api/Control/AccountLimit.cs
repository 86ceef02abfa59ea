using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>The number of rows of a kind that an account may have.</summary>
/// <param name="Max">The highest number.</param>
/// <param name="Name">What they are, for the error.</param>
internal sealed record AccountLimit(int Max, string Name)
{
    /// <summary>Adds a row. The account's row is the lock that keeps the limit between concurrent requests.</summary>
    /// <param name="own">The rows of the account.</param>
    /// <param name="replaced">Those that the new row replaces; null for none.</param>
    /// <exception cref="ControlException">409: the account has as many rows already.</exception>
    public Task<bool> AddAsync<T>(
        ConversationsDbContext db,
        string accountSid,
        T row,
        IQueryable<T> own,
        IQueryable<T>? replaced,
        CancellationToken cancellationToken
    )
        where T : class =>
        db.InTransactionAsync(
            async () =>
            {
                var locked = $"SELECT sid FROM accounts WHERE sid = {{0}}{db.LockForUpdate}";
                await db.Database.ExecuteSqlRawAsync(locked, [accountSid], cancellationToken);
                if (replaced is not null)
                {
                    await replaced.ExecuteDeleteAsync(cancellationToken);
                }

                if (await own.CountAsync(cancellationToken) >= Max)
                {
                    throw new ControlException(
                        StatusCodes.Status409Conflict,
                        $"An account has at most {Max} {Name}. Delete one."
                    );
                }

                db.Add(row);
                return true;
            },
            cancellationToken
        );
}
