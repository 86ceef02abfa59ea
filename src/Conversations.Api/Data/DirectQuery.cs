using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;

namespace Conversations.Api.Data;

/// <summary>
/// A query for the hot reads: EF Core translates it once, then each execution sends the same command and builds the
/// rows with one compiled function. EF Core's own compiled queries compile two functions at each execution
/// (https://github.com/dotnet/efcore/issues/35210), which costs more than the rest of a short query. The rows are not
/// tracked. As in a compiled query (see <see cref="PathQuery"/>), a condition on a null argument is left out of the
/// SQL, so each combination of null arguments has its own command.
/// </summary>
/// <typeparam name="TResult">
/// An entity, without relations to other entities in its properties, or a <see cref="DirectRow{TRow, TExtra}"/>.
/// </typeparam>
public sealed partial class DirectQuery<TResult>
{
    private readonly ConcurrentDictionary<int, Translation> translations = new();

    private readonly LambdaExpression query;

    private readonly IReadOnlyList<ParameterExpression> parameters;

    /// <param name="query">
    /// A lambda with the context, the path, and then the arguments as parameters. Its body is an IQueryable of
    /// <see cref="DirectRow{TRow, TExtra}"/>.
    /// </param>
    public DirectQuery(LambdaExpression query)
    {
        this.query = PathQuery.Flat(query);
        parameters = [.. this.query.Parameters.Skip(1)];
        new NoComputedArguments(parameters).Visit(this.query.Body);
    }

    /// <summary>The first result; the default when there is none.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<TResult?> FirstAsync(
        ConversationsDbContext db,
        ResourcePath at,
        object?[] values,
        CancellationToken cancellationToken
    )
    {
        await foreach (var result in ReadAsync(db, at, values, cancellationToken))
        {
            return result;
        }

        return default;
    }

    /// <param name="values">The values of the lambda's parameters after the path.</param>
    public async IAsyncEnumerable<TResult> ReadAsync(
        ConversationsDbContext db,
        ResourcePath at,
        object?[] values,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        object?[] arguments = [at.AccountSid, at.ChatServiceSid, at.ConversationSid, at.UniqueName, .. values];
        var translation = TranslationFor(db, arguments);

        // A command holds the state of its execution, so each connection has its own.
        var connection = db.GetService<IRelationalConnection>();
        var command = connection.RentCommand();
        command.PopulateFrom(translation.Template);
        try
        {
            await using var result = await command.ExecuteReaderAsync(
                new(
                    connection,
                    Named(translation, arguments),
                    readerColumns: null,
                    db,
                    db.GetService<IRelationalCommandDiagnosticsLogger>(),
                    CommandSource.LinqQuery
                ),
                cancellationToken
            );
            var reader = result.DbDataReader;
            var read = translation.Read ??= RowReader.Of<TResult>(db.Model, reader);
            while (await result.ReadAsync(cancellationToken))
            {
                yield return read(reader);
            }
        }
        finally
        {
            connection.ReturnCommand(command);
        }
    }

    private Translation TranslationFor(ConversationsDbContext db, object?[] arguments)
    {
        var nulls = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            nulls |= arguments[i] is null ? 1 << i : 0;
        }

        return translations.TryGetValue(nulls, out var translation)
            ? translation
            : translations[nulls] = Translate(db, arguments);
    }

    private Dictionary<string, object?> Named(Translation translation, object?[] arguments)
    {
        Dictionary<string, object?> named = new(translation.Arguments.Count);
        foreach (var argument in translation.Arguments)
        {
            named[parameters[argument].Name!] = arguments[argument];
        }

        return named;
    }

    // Translates the query with marked values in place of the arguments, so that the parameters of the command tell
    // which argument they take.
    private Translation Translate(ConversationsDbContext db, object?[] arguments)
    {
        Dictionary<object, int> marks = [];
        Dictionary<ParameterExpression, Expression> replaced = new()
        {
            [query.Parameters[0]] = Expression.Constant(db),
        };
        for (var i = 0; i < arguments.Length; i++)
        {
            var mark = arguments[i] is null ? null : Mark(parameters[i].Type, i);
            if (mark is not null)
            {
                marks.Add(mark, i);
            }

            replaced[parameters[i]] = Box(parameters[i].Type, mark);
        }

        var body = new Replacing(replaced).Visit(query.Body);
        using var command = db.GetService<IAsyncQueryProvider>().CreateQuery<TResult>(body).CreateDbCommand();
        return TranslationOf(db, command, marks);
    }

    private Translation TranslationOf(ConversationsDbContext db, DbCommand command, Dictionary<object, int> marks)
    {
        var types = db.GetService<IRelationalTypeMappingSource>();
        var builder = db.GetService<IRelationalCommandBuilderFactory>().Create();
        Dictionary<string, int> used = [];
        foreach (DbParameter parameter in command.Parameters)
        {
            // A value without a mark would be the same in all executions.
            used.Add(parameter.ParameterName, marks[parameter.Value!]);
        }

        builder.Append(NamesOfParameters.Replace(command.CommandText, match => NameOf(match.Value) ?? match.Value));
        foreach (var argument in used.Values.Distinct())
        {
            var (name, type) = (parameters[argument].Name!, parameters[argument].Type);
            builder.AddParameter(name, $"@{name}", types.FindMapping(type, db.Model)!, nullable: false);
        }

        return new(builder.Build(), [.. used.Values.Distinct()]);

        string? NameOf(string parameter) =>
            used.TryGetValue(parameter, out var argument) || used.TryGetValue(parameter[1..], out argument)
                ? $"@{parameters[argument].Name}"
                : null;
    }

    private static object Mark(Type type, int number) =>
        Nullable.GetUnderlyingType(type) is { } underlying ? Mark(underlying, number)
        : type == typeof(string) ? $"argument {number}"
        : Convert.ChangeType(int.MaxValue - number, type, System.Globalization.CultureInfo.InvariantCulture);

    // EF Core turns a member of an object into a parameter, and any other value into a constant.
    private static MemberExpression Box(Type type, object? value)
    {
        var box = Activator.CreateInstance(typeof(StrongBox<>).MakeGenericType(type), value);
        return Expression.Field(Expression.Constant(box), nameof(StrongBox<>.Value));
    }

    // In EF Core's SQL an at sign always begins a parameter.
    [GeneratedRegex(@"@\w+")]
    private static partial Regex NamesOfParameters { get; }

    private sealed class Translation(IRelationalCommandTemplate template, IReadOnlyList<int> arguments)
    {
        public IRelationalCommandTemplate Template => template;

        public IReadOnlyList<int> Arguments => arguments;

        /// <summary>Null before the first execution, which shows the columns.</summary>
        public Func<DbDataReader, TResult>? Read { get; set; }
    }

    // EF Core would compute such an expression from the marks, and all executions would use that value.
    private sealed class NoComputedArguments(IReadOnlyList<ParameterExpression> arguments) : ExpressionVisitor
    {
        protected override Expression VisitBinary(BinaryExpression node)
        {
            if (IsKnown(node.Left) && IsKnown(node.Right) && !IsNull(node.Left) && !IsNull(node.Right))
            {
                throw new ArgumentException($"{node} has no column. Compute it before the query.");
            }

            return base.VisitBinary(node);
        }

        private bool IsKnown(Expression node) =>
            node is ConstantExpression
            || (node is ParameterExpression parameter && arguments.Contains(parameter))
            || (node is UnaryExpression { NodeType: ExpressionType.Convert } converted && IsKnown(converted.Operand));

        private static bool IsNull(Expression node) =>
            node is ConstantExpression { Value: null }
            || (node is UnaryExpression { NodeType: ExpressionType.Convert } converted && IsNull(converted.Operand));
    }

    private sealed class Replacing(Dictionary<ParameterExpression, Expression> replaced) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) =>
            replaced.GetValueOrDefault(node, node);
    }
}
