"""Words of business records in other languages, as the English words they meet in an answer; none that English has."""

from __future__ import annotations

import unicodedata

from core.evidence.language.listed import ordered

_PAIRS = ordered(
    # German
    "rechnung=invoice rechnungen=invoice kunde=customer kunden=customer kundin=customer auftrag=order "
    "auftraege=order aufträge=order bestellung=order bestellungen=order bestellt=order artikel=item ware=good "
    "waren=good preis=price preise=price stückpreis=price menge=quantity anzahl=count stück=piece betrag=amount "
    "beträge=amount summe=total gesamt=total gesamtbetrag=total umsatz=revenue umsätze=revenue kosten=cost "
    "ausgaben=expense einnahmen=income gewinn=profit verlust=loss netto=net brutto=gross mwst=vat ust=vat "
    "steuer=tax rabatt=discount skonto=discount datum=date tag=day tage=day woche=week wochen=week monat=month "
    "monate=month quartal=quarter jahr=year jahre=year stunde=hour stunden=hour fällig=due faellig=due "
    "bezahlt=paid zahlung=payment zahlungsziel=payment gezahlt=paid offen=open erledigt=done geschlossen=closed "
    "storniert=cancelled geliefert=delivered lieferung=delivery versandt=shipped versendet=shipped "
    "versand=shipment zurückgesendet=returned retoure=return gewicht=weight höhe=height länge=length breite=width "
    "temperatur=temperature verbrauch=consumption zähler=meter zaehler=meter zählerstand=reading ort=city "
    "stadt=city land=country plz=postcode name=name straße=street lieferant=supplier mitarbeiter=employee "
    "gehalt=salary abteilung=department eintritt=hired austritt=left lager=stock bestand=stock ziel=target "
    "plan=budget ist=actual soll=budget abweichung=variance vorjahr=previous vormonat=previous "
    "durchschnitt=average mittelwert=average höchst=maximum mindest=minimum vertrag=contract beginn=start "
    "ende=end kündigung=notice laufzeit=term patient=patient befund=finding wert=value einheit=unit "
    "grenzwert=limit untergrenze=low obergrenze=high note=grade noten=grade fach=subject klasse=class "
    "schüler=pupil punkte=points spiel=match spiele=match tore=goals gegner=opponent zuschauer=attendance "
    "schaden=claim schäden=claim prämie=premium selbstbehalt=deductible buchung=booking buchungen=booking "
    "gast=guest zimmer=room nächte=nights energie=energy dauer=duration ertrag=yield zustand=status "
    "ausfall=outage anlage=plant anlagen=plant abbruch=aborted abgebrochen=aborted gekündigt=terminated "
    "gültig=valid bestätigt=confirmed raucher=smoker abgelehnt=rejected genehmigt=approved eingang=received "
    "status=status grund=reason miete=rent kaltmiete=rent warmmiete=rent mieter=tenant nebenkosten=charge "
    "kaution=deposit fläche=area wohnfläche=area wohnung=apartment wohnungen=apartment gebäude=building "
    "stockwerk=floor heizung=heating wasser=water strom=electricity störung=fault störungen=fault ursache=cause "
    "leistung=power verfügbarkeit=availability betreiber=operator reparatur=repair reparaturen=repair "
    "wartung=maintenance mangel=defect mängel=defect maschine=machine maschinen=machine ausschuss=scrap "
    "schicht=shift schichten=shift fahrer=driver fahrzeug=vehicle fahrzeuge=vehicle fahrt=trip fahrten=trip "
    "fracht=freight zoll=duty zölle=duty ursprung=origin schiff=vessel hafen=port ereignis=event ereignisse=event "
    "verkauf=sale verkäufe=sale einkauf=purchase rückgabe=return mitglied=member mitglieder=member beitrag=fee "
    "beiträge=fee gebühr=fee gebühren=fee spende=donation spenden=donation kurs=course kurse=course "
    "teilnehmer=participant versicherung=insurance zinsen=interest darlehen=loan kredit=loan konto=account "
    "saldo=balance raum=room räume=room gäste=guest übernachtungen=nights belegung=occupancy auslastung=occupancy "
    "ankunft=arrival abreise=departure abfahrt=departure sendung=shipment sendungen=shipment typ=type "
    "bezeichnung=description "
    # French
    "facture=invoice factures=invoice client=customer clients=customer commande=order commandes=order prix=price "
    "quantité=quantity quantite=quantity montant=amount somme=total chiffre=revenue coût=cost dépenses=expense "
    "recettes=income bénéfice=profit perte=loss ht=net ttc=gross tva=vat impôt=tax remise=discount jour=day "
    "jours=day semaine=week semaines=week mois=month trimestre=quarter année=year an=year heure=hour heures=hour "
    "échéance=due echeance=due payé=paid payée=paid paye=paid paiement=payment ouvert=open ouverte=open "
    "fermé=closed annulé=cancelled annulée=cancelled livré=delivered livrée=delivered livraison=delivery "
    "expédié=shipped expédition=shipment retourné=returned poids=weight hauteur=height longueur=length "
    "température=temperature consommation=consumption compteur=meter ville=city pays=country fournisseur=supplier "
    "employé=employee salaire=salary stock=stock objectif=target réel=actual écart=variance moyenne=average "
    "contrat=contract début=start fin=end unité=unit durée=duration énergie=energy état=status etat=status "
    "colis=parcel enlèvement=pickup enlevement=pickup loyer=rent loyers=rent locataire=tenant locataires=tenant "
    "dépôt=deposit appartement=apartment appartements=apartment bâtiment=building étage=floor chauffage=heating "
    "eau=water électricité=electricity panne=fault pannes=fault cause=cause réparation=repair réparations=repair "
    "entretien=maintenance défaut=defect défauts=defect équipe=shift conducteur=driver véhicule=vehicle "
    "véhicules=vehicle trajet=trip trajets=trip fret=freight douane=customs mer=sea navire=vessel origine=origin "
    "événement=event vente=sale ventes=sale achat=purchase achats=purchase membre=member membres=member "
    "cotisation=fee frais=fee dons=donation intérêts=interest prêt=loan prêts=loan compte=account solde=balance "
    "salle=room séjour=stay séjours=stay arrivée=arrival départ=departure expéditions=shipment envoi=shipment "
    "envois=shipment devise=currency débours=expense nuits=nights chambre=room invité=guest élève=pupil "
    "matière=subject moyen=average refusé=rejected accepté=approved "
    # Spanish
    "factura=invoice facturas=invoice cliente=customer clientes=customer pedido=order pedidos=order "
    "producto=product productos=product precio=price precios=price cantidad=quantity importe=amount "
    "importes=amount monto=amount suma=total ingresos=income gasto=expense gastos=expense coste=cost costes=cost "
    "costo=cost costos=cost beneficio=profit pérdida=loss neto=net bruto=gross iva=vat impuesto=tax impuestos=tax "
    "descuento=discount fecha=date día=day días=day semana=week semanas=week mes=month meses=month año=year "
    "años=year hora=hour horas=hour vencimiento=due vence=due pagado=paid pagada=paid pago=payment pagos=payment "
    "cobrado=paid abierto=open abierta=open cerrado=closed cerrada=closed anulado=cancelled anulada=cancelled "
    "cancelado=cancelled entregado=delivered entrega=delivery enviado=shipped envío=shipment envíos=shipment "
    "devuelto=returned devolución=return peso=weight altura=height longitud=length superficie=area "
    "temperatura=temperature consumo=consumption contador=meter lectura=reading lecturas=reading ciudad=city "
    "país=country calle=street proveedor=supplier proveedores=supplier empleado=employee empleados=employee "
    "salario=salary departamento=department objetivo=target presupuesto=budget previsto=planned prevista=planned "
    "desviación=variance promedio=average contrato=contract contratos=contract inicio=start vivienda=apartment "
    "viviendas=apartment piso=apartment pisos=apartment edificio=building alquiler=rent renta=rent "
    "inquilino=tenant inquilinos=tenant propietario=owner propietarios=owner avería=fault averías=fault "
    "incidencia=incident incidencias=incident reparación=repair reparaciones=repair cuota=fee cuotas=fee "
    "fianza=deposit deuda=debt saldo=balance recibo=receipt recibos=receipt pendiente=pending estado=status "
    "tipo=type nombre=name motivo=reason habitación=room habitaciones=room huésped=guest huéspedes=guest "
    "noches=nights limpieza=cleaning agua=water calefacción=heating seguro=insurance cuenta=account abono=credit "
    "límite=limit venta=sale ventas=sale compra=purchase compras=purchase empresa=company duración=duration "
    "energía=energy resultado=result unidades=unit horario=schedule rechazado=rejected aprobado=approved "
    "llegada=arrival salida=departure viaje=trip viajes=trip "
    # Italian
    "fattura=invoice fatture=invoice clienti=customer ordine=order ordini=order prodotto=product prodotti=product "
    "prezzo=price prezzi=price quantità=quantity importo=amount importi=amount totale=total ricavi=revenue "
    "spesa=expense spese=expense utile=profit perdita=loss lordo=gross imposta=tax tassa=tax sconto=discount "
    "giorno=day giorni=day settimana=week settimane=week mese=month mesi=month anno=year anni=year scadenza=due "
    "pagato=paid pagata=paid pagamento=payment pagamenti=payment aperto=open aperta=open chiuso=closed "
    "chiusa=closed annullato=cancelled consegnato=delivered consegna=delivery consegne=delivery spedito=shipped "
    "spedizione=shipment spedizioni=shipment altezza=height lunghezza=length consumi=consumption contatore=meter "
    "contatori=meter lettura=reading letture=reading città=city paese=country fornitore=supplier "
    "fornitori=supplier dipendente=employee dipendenti=employee stipendio=salary reparto=department "
    "obiettivo=target scostamento=variance contratto=contract contratti=contract inizio=start durata=duration "
    "appartamento=apartment appartamenti=apartment canone=rent affitto=rent guasto=fault guasti=fault "
    "riparazione=repair stato=status nome=name notti=nights ospite=guest ospiti=guest vendita=sale vendite=sale "
    "acquisto=purchase acquisti=purchase conto=account limite=limit arrivo=arrival partenza=departure "
    # Dutch
    "factuur=invoice facturen=invoice klant=customer klanten=customer bestelling=order bestellingen=order "
    "prijs=price prijzen=price aantal=count bedrag=amount bedragen=amount totaal=total omzet=revenue winst=profit "
    "verlies=loss korting=discount dag=day dagen=day weken=week maand=month maanden=month jaar=year jaren=year "
    "uur=hour uren=hour betaald=paid betaling=payment betalingen=payment vervaldatum=due geleverd=delivered "
    "levering=delivery verzonden=shipped hoogte=height lengte=length verbruik=consumption leverancier=supplier "
    "medewerker=employee salaris=salary afdeling=department doel=target begroting=budget werkelijk=actual "
    "afwijking=variance gemiddelde=average huur=rent huurder=tenant huurders=tenant reparatie=repair kamer=room "
    "kamers=room gasten=guest nachten=nights voorraad=stock eenheid=unit waarde=value reden=reason "
    "gesloten=closed verkoop=sale inkoop=purchase "
    # Portuguese
    "fatura=invoice faturas=invoice preço=price preços=price quantidade=quantity valor=value custo=cost "
    "custos=cost despesa=expense despesas=expense receita=income receitas=income lucro=profit imposto=tax "
    "desconto=discount mês=month ano=year anos=year vencimento=due fornecedor=supplier funcionário=employee "
    "salário=salary orçamento=budget desvio=variance início=start aluguel=rent renda=rent inquilinos=tenant "
    "avaria=fault reparação=repair entregue=delivered aberta=open fechado=closed fechada=closed cidade=city "
    "noites=nights "
)
FOREIGN: dict[str, str] = dict(pair.split("=") for pair in _PAIRS)


def _plain(word: str) -> str:
    """Without its accents, as names of columns are often written: "größe" has none of its own ("groesse")."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
for _word, _english in list(FOREIGN.items()):
    FOREIGN.setdefault(_plain(_word), _english)
    FOREIGN.setdefault(_word.translate(_UMLAUTS), _english)
