using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>A row of a document, and which of its columns the document gives.</summary>
/// <param name="place">Where it begins in the document.</param>
internal sealed class ImportedRow(IEntityType type, Place place)
{
    private readonly HashSet<IProperty> given = [];

    public IEntityType Type { get; } = type;

    public string Table { get; } = type.GetTableName()!;

    public Place Place { get; } = place;

    public object Entity { get; private init; } = Activator.CreateInstance(type.ClrType)!;

    /// <summary>A row that the document lacks. It is complete.</summary>
    public static ImportedRow Of(IModel model, object entity)
    {
        ImportedRow row = new(model.FindEntityType(entity.GetType())!, default) { Entity = entity };
        row.given.UnionWith(row.Type.GetProperties());
        return row;
    }

    /// <summary>Whether every column is given, as in an export. AccountSid never is.</summary>
    public bool IsComplete => given.Count >= Type.GetProperties().Count(p => p.Name != nameof(Resource.AccountSid));

    public bool Has(string property) => given.Contains(Type.FindProperty(property)!);

    public object? this[IProperty property] => property.PropertyInfo!.GetValue(Entity);

    public void Set(IProperty property, object? value)
    {
        property.PropertyInfo!.SetValue(Entity, value);
        given.Add(property);
    }

    /// <summary>Sets a column that the document does not give. Tables without the column are left alone.</summary>
    public void Default(string property, object? value)
    {
        if (Type.FindProperty(property) is { } column && !given.Contains(column))
        {
            column.PropertyInfo!.SetValue(Entity, value);
        }
    }

    /// <summary>Sets all columns that the document does not give, as another row has them.</summary>
    public void DefaultsFrom(object other)
    {
        foreach (var column in Type.GetProperties())
        {
            Default(column.Name, column.PropertyInfo!.GetValue(other));
        }
    }

    /// <summary>Sets a column, whether the document gives it or not.</summary>
    public void Replace(string property, object? value) =>
        Type.FindProperty(property)!.PropertyInfo!.SetValue(Entity, value);

    /// <summary>Lets <see cref="Default"/> set the column.</summary>
    public void Forget(string property) => given.Remove(Type.FindProperty(property)!);

    /// <summary>The prefix of the row's SID; null when it has none.</summary>
    public string? SidPrefix =>
        Type.ClrType.IsAssignableTo(typeof(IResource))
            ? (string?)Type.ClrType.GetProperty(nameof(IResource.SidPrefix))!.GetValue(null)
            : null;
}
