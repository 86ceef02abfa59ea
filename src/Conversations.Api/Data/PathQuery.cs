using System.Linq.Expressions;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Data;

/// <summary>A compiled query for a path.</summary>
/// <inheritdoc cref="PathQuery"/>
public delegate Task<TResult> PathQuery<TResult>(
    ConversationsDbContext db,
    ResourcePath at,
    CancellationToken cancellationToken
);

/// <inheritdoc cref="PathQuery{TResult}"/>
public delegate Task<TResult> PathQuery<in T, TResult>(
    ConversationsDbContext db,
    ResourcePath at,
    T value,
    CancellationToken cancellationToken
);

/// <inheritdoc cref="PathQuery{TResult}"/>
public delegate Task<TResult> PathQuery<in T1, in T2, TResult>(
    ConversationsDbContext db,
    ResourcePath at,
    T1 first,
    T2 second,
    CancellationToken cancellationToken
);

/// <inheritdoc cref="PathQuery{TResult}"/>
public delegate Task<TResult> PathQuery<in T1, in T2, in T3, TResult>(
    ConversationsDbContext db,
    ResourcePath at,
    T1 first,
    T2 second,
    T3 third,
    CancellationToken cancellationToken
);

/// <summary>
/// Compiles the queries that begin at a path. They are compiled once, because EF Core takes longer to translate such an
/// expression than PostgreSQL takes to answer it. A query contains the caller's scope. EF Core leaves a condition on a
/// null parameter out of the SQL, so one query serves both route shapes, SIDs and names. A server has one instance of
/// each, because a compiled query belongs to the server's model.
/// </summary>
public static class PathQuery
{
    public static PathQuery<TResult> Compile<TResult>(
        Expression<Func<ConversationsDbContext, ResourcePath, TResult>> query
    )
    {
        var compiled = EF.CompileAsyncQuery(
            Flat<Func<ConversationsDbContext, string, string?, string?, string?, CancellationToken, TResult>>(query)
        );
        return (db, at, token) =>
            compiled(db, at.AccountSid, at.ChatServiceSid, at.ConversationSid, at.UniqueName, token);
    }

    public static PathQuery<T, TResult> Compile<T, TResult>(
        Expression<Func<ConversationsDbContext, ResourcePath, T, TResult>> query
    )
    {
        var compiled = EF.CompileAsyncQuery(
            Flat<Func<ConversationsDbContext, string, string?, string?, string?, T, CancellationToken, TResult>>(query)
        );
        return (db, at, value, token) =>
            compiled(db, at.AccountSid, at.ChatServiceSid, at.ConversationSid, at.UniqueName, value, token);
    }

    public static PathQuery<T1, T2, TResult> Compile<T1, T2, TResult>(
        Expression<Func<ConversationsDbContext, ResourcePath, T1, T2, TResult>> query
    )
    {
        var compiled = EF.CompileAsyncQuery(
            Flat<Func<ConversationsDbContext, string, string?, string?, string?, T1, T2, CancellationToken, TResult>>(
                query
            )
        );
        return (db, at, first, second, token) =>
            compiled(db, at.AccountSid, at.ChatServiceSid, at.ConversationSid, at.UniqueName, first, second, token);
    }

    public static PathQuery<T1, T2, T3, TResult> Compile<T1, T2, T3, TResult>(
        Expression<Func<ConversationsDbContext, ResourcePath, T1, T2, T3, TResult>> query
    )
    {
        var compiled = EF.CompileAsyncQuery(
            Flat<
                Func<ConversationsDbContext, string, string?, string?, string?, T1, T2, T3, CancellationToken, TResult>
            >(query)
        );
        return (db, at, first, second, third, token) =>
            compiled(
                db,
                at.AccountSid,
                at.ChatServiceSid,
                at.ConversationSid,
                at.UniqueName,
                first,
                second,
                third,
                token
            );
    }

    /// <summary>
    /// Splices what the query invokes. The path's members replace the path, because compiled queries accept only scalar
    /// parameters. EF Core names the SQL parameters after those of the lambda.
    /// </summary>
    public static LambdaExpression Flat(LambdaExpression query, params ParameterExpression[] last)
    {
        var expanded = (LambdaExpression)((Expression)query).Expand();
        var (db, at) = (expanded.Parameters[0], expanded.Parameters[1]);
        var members = new Dictionary<string, ParameterExpression>
        {
            [nameof(ResourcePath.AccountSid)] = Expression.Parameter(typeof(string), "account"),
            [nameof(ResourcePath.ChatServiceSid)] = Expression.Parameter(typeof(string), "service"),
            [nameof(ResourcePath.ConversationSid)] = Expression.Parameter(typeof(string), "conversation"),
            [nameof(ResourcePath.UniqueName)] = Expression.Parameter(typeof(string), "uniqueName"),
        };
        return Expression.Lambda(
            new MembersOf(at, members).Visit(expanded.Body),
            [db, .. members.Values, .. expanded.Parameters.Skip(2), .. last]
        );
    }

    private static Expression<TQuery> Flat<TQuery>(LambdaExpression query)
    {
        var flat = Flat(query, Expression.Parameter(typeof(CancellationToken)));
        return Expression.Lambda<TQuery>(new WithoutMarks().Visit(flat.Body), flat.Parameters);
    }

    // EF.Parameter makes a value a parameter before EF Core computes with it. In a compiled query the parameters have
    // no value yet, and EF Core rejects the mark.
    private sealed class WithoutMarks : ExpressionVisitor
    {
        protected override Expression VisitMethodCall(MethodCallExpression node) =>
            node.Method.DeclaringType == typeof(EF) && node.Method.Name == nameof(EF.Parameter)
                ? Visit(node.Arguments[0])
                : base.VisitMethodCall(node);
    }

    private sealed class MembersOf(ParameterExpression at, Dictionary<string, ParameterExpression> members)
        : ExpressionVisitor
    {
        protected override Expression VisitMember(MemberExpression node) =>
            node.Expression == at ? members[node.Member.Name] : base.VisitMember(node);
    }
}
