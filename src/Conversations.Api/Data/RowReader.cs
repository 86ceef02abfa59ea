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
    /// An entity or a <see cref="DirectRow{TRow, TExtra}"/>, whose extra value is the column that is not the entity's;
    /// without such a column it is the default.
    /// </typeparam>
    public static Func<DbDataReader, TResult> Of<TResult>(IModel model, DbDataReader columns)
    {
        var reader = Expression.Parameter(typeof(DbDataReader));
        var isEntity = model.FindEntityType(typeof(TResult)) is not null;
        Type[] types = isEntity ? [typeof(TResult)] : typeof(TResult).GetGenericArguments();
        var left = model.FindEntityType(types[0])!.GetProperties().ToDictionary(p => p.GetColumnName());
        List<MemberBinding> members = [];
        Expression? extra = isEntity ? null : Expression.Default(types[1]);
        for (var column = 0; column < columns.FieldCount; column++)
        {
            if (left.Remove(columns.GetName(column), out var property))
            {
                members.Add(Expression.Bind(property.PropertyInfo!, ValueOf(reader, column, property)));
            }
            else
            {
                extra = ValueOf(reader, column, types[1]);
            }
        }

        Expression row = Expression.MemberInit(Expression.New(types[0]), members);
        var result = extra is null ? row : Expression.New(typeof(TResult).GetConstructors()[0], row, extra);
        return Expression.Lambda<Func<DbDataReader, TResult>>(result, reader).Compile();
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
}
