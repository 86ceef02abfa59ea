using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Query;

namespace Conversations.Api.Data;

/// <summary>
/// Queries compare dates with <see cref="DateTime.UtcNow"/>, which is the database's time. For an account with a moved
/// clock the account's time takes its place.
/// </summary>
public static class AccountTime
{
    private static readonly PropertyInfo UtcNow = typeof(DateTime).GetProperty(nameof(DateTime.UtcNow))!;

    public static IQueryable<T> At<T>(this IQueryable<T> query, AccountClock clock) =>
        clock.IsMoved ? query.Provider.CreateQuery<T>(new Replacement(clock.Now).Visit(query.Expression)) : query;

    private sealed class Replacement(DateTime now) : ExpressionVisitor
    {
        // The field of an object is a parameter of the query. A constant would be a new query each time.
        private readonly Expression value = Expression.Field(Expression.Constant(new Moment(now)), nameof(Moment.Now));

        protected override Expression VisitMember(MemberExpression node) =>
            node.Member == UtcNow ? value : base.VisitMember(node);

        // The root of a query has no parts.
        protected override Expression VisitExtension(Expression node) =>
            node is QueryRootExpression ? node : base.VisitExtension(node);
    }

    private sealed class Moment(DateTime now)
    {
        public readonly DateTime Now = now;
    }
}
