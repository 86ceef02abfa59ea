using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Data;

/// <summary>Builds rows from the columns of a result, by EF Core's model.</summary>
public static class RowReader
{
    /// <summary>Compiles the function that reads the current row of a result with these columns.</summary>
    /// <typeparam name="TResult">
    /// An entity, a <see cref="DirectRow{TRow, TExtra}"/>, or a class of the row that has entities and values as
    /// properties. The columns of an entity have the names of its properties. All other columns are the values in their
    /// order. The extra value of a DirectRow may be without a column: then it is the default.
    /// </typeparam>
    public static Func<DbDataReader, TResult> Of<TResult>(IModel model, DbDataReader columns)
    {
        var reader = Expression.Parameter(typeof(DbDataReader));
        var root = new Part(model, typeof(TResult));
        for (var column = 0; column < columns.FieldCount; column++)
        {
            if (!root.TakesNamed(columns.GetName(column), column, reader))
            {
                root.TakesValue(column, reader);
            }
        }

        // Values are found by their order, so a missing one in the middle would shift the others.
        var isExtra =
            typeof(TResult).IsGenericType && typeof(TResult).GetGenericTypeDefinition() == typeof(DirectRow<,>);
        if (root.CountMissing() > (isExtra ? 1 : 0))
        {
            throw new InvalidOperationException($"The query of {typeof(TResult).Name} must select every value.");
        }

        return Expression.Lambda<Func<DbDataReader, TResult>>(root.Build(), reader).Compile();
    }

    private static Expression ValueOf(ParameterExpression reader, int column, IProperty property)
    {
        if (property.GetTypeMapping().Converter is not { } converter)
        {
            return ValueOf(reader, column, property.ClrType);
        }

        var stored = Field(reader, column, converter.ProviderClrType);
        var value = Expression.Invoke(converter.ConvertFromProviderExpression, stored);
        return OrDefault(reader, column, value, property.ClrType);
    }

    private static Expression ValueOf(ParameterExpression reader, int column, Type type) =>
        OrDefault(reader, column, Field(reader, column, Nullable.GetUnderlyingType(type) ?? type), type);

    private static MethodCallExpression Field(ParameterExpression reader, int column, Type type) =>
        Expression.Call(
            reader,
            nameof(DbDataReader.GetFieldValue),
            [Nullable.GetUnderlyingType(type) ?? type],
            Expression.Constant(column)
        );

    private static Expression OrDefault(ParameterExpression reader, int column, Expression value, Type type)
    {
        var typed = value.Type == type ? value : Expression.Convert(value, type);
        return type.IsValueType && Nullable.GetUnderlyingType(type) is null
            ? typed
            : Expression.Condition(
                Expression.Call(reader, nameof(DbDataReader.IsDBNull), null, Expression.Constant(column)),
                Expression.Default(type),
                typed
            );
    }

    /// <summary>An entity, a value, or an object of other parts.</summary>
    private sealed class Part
    {
        private readonly Type type;

        // For an entity: the columns that are still to be found in the result. Otherwise null.
        private readonly Dictionary<string, IProperty>? left;

        private readonly List<MemberBinding> members = [];

        private readonly IReadOnlyList<(System.Reflection.PropertyInfo Property, Part Part)> parts = [];

        private Expression? value;

        public Part(IModel model, Type type)
        {
            this.type = type;
            left = model.FindEntityType(type)?.GetProperties().ToDictionary(p => p.GetColumnName());
            if (left is null && type.IsClass && type != typeof(string))
            {
                parts = [.. type.GetProperties().Select(p => (p, new Part(model, p.PropertyType)))];
            }
        }

        public bool TakesNamed(string name, int column, ParameterExpression reader)
        {
            if (left?.Remove(name, out var property) == true)
            {
                members.Add(Expression.Bind(property.PropertyInfo!, ValueOf(reader, column, property)));
                return true;
            }

            return parts.Any(one => one.Part.TakesNamed(name, column, reader));
        }

        public bool TakesValue(int column, ParameterExpression reader)
        {
            if (left is not null || parts is not [] || value is not null)
            {
                return parts.Any(one => one.Part.TakesValue(column, reader));
            }

            value = ValueOf(reader, column, type);
            return true;
        }

        /// <summary>The number of values without a column.</summary>
        public int CountMissing() =>
            left is not null ? 0
            : parts is not [] ? parts.Sum(one => one.Part.CountMissing())
            : value is null ? 1
            : 0;

        public Expression Build() =>
            left is not null ? Expression.MemberInit(Expression.New(type), members)
            : parts is [] ? value ?? Expression.Default(type)
            : type.GetConstructor(Type.EmptyTypes) is { } constructor
                ? Expression.MemberInit(
                    Expression.New(constructor),
                    parts.Select(one => Expression.Bind(one.Property, one.Part.Build()))
                )
            : Expression.New(type.GetConstructors()[0], parts.Select(one => one.Part.Build()));
    }
}
